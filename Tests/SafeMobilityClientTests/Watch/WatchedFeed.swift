import Protobuf
import RPCCore
import SafeMobilityAPI
import Synchronization

/// A server of referrals that change: events 1 to `eventCount`, and a script for the ends of its streams.
///
/// The token behind event n is "n". Every stream begins some events before its token, as a server may that tells
/// each at least once.
final class WatchedFeed: Sendable {
  /// How one stream goes: so many items, then this.
  struct Stream: Sendable {
    var itemCount: Int
    var end: Result<Void, RPCError>?
  }

  let eventCount: Int
  /// How many events are told again at the beginning of a stream.
  let repeats: Int
  /// Which streams there are, in order; then one that tells everything and is refused for good.
  let streams: [Stream]

  static let theEnd = RPCError(.permissionDenied, "the end of the script")

  private let openedAt = Mutex<[String]>([])
  /// The tokens that streams were opened with.
  var tokens: [String] { openedAt.withLock { $0 } }

  init(eventCount: Int, repeats: Int = 0, streams: [Stream] = []) {
    self.eventCount = eventCount
    self.repeats = repeats
    self.streams = streams
  }

  static func token(_ number: Int) -> String { "token-\(number)" }

  static func event(_ number: Int) -> SafeMobility.WatchReferralsResponse {
    .with {
      $0.item = .event(
        .with {
          $0.status = .with {
            $0.uid = "event-\(number)"
            $0.version = Int64(number)
          }
        })
      $0.resumeToken = token(number)
    }
  }

  var transport: ScriptedTransport {
    ScriptedTransport { (call) throws(RPCError) in
      // Two pages; the second has the token.
      guard let request = try? SafeMobility.ListReferralsRequest(serializedBytes: call.request),
        let bytes = try? Self.page(request.pageToken).serializedBytes()
      else { throw RPCError(.internal, "not a request") }
      return bytes
    } open: { [self] call in
      guard let request = try? SafeMobility.WatchReferralsRequest(serializedBytes: call.request),
        let place = Int(request.resumeToken.dropFirst("token-".count))
      else { return ScriptedStream([], end: .failure(RPCError(.invalidArgument, "no token"))) }
      let index = openedAt.withLock {
        $0.append(request.resumeToken)
        return $0.count - 1
      }
      let items = Array(1..<(eventCount + 1)).dropFirst(max(0, place - repeats)).map(Self.event)
      let bytes = items.compactMap { try? $0.serializedBytes() }
      guard index < streams.count else { return ScriptedStream(bytes, end: .failure(Self.theEnd)) }
      return ScriptedStream(
        Array(bytes.prefix(streams[index].itemCount)), end: streams[index].end)
    }
  }

  private static func page(_ token: String) -> SafeMobility.ListReferralsResponse {
    .with {
      if token.isEmpty {
        $0.referrals = [.with { $0.name = "a" }, .with { $0.name = "b" }]
        $0.nextPageToken = "2"
      } else {
        $0.referrals = [.with { $0.name = "c" }]
        $0.resumeToken = Self.token(0)
      }
    }
  }
}
