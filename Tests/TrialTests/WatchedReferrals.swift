import Protobuf
import SafeMobilityAPI
import SafeMobilityClient
import Trials

/// What one who watches was told, from the beginning to a sign.
struct WatchedReferrals: Sendable {
  /// One change, as far as it is the same whoever is told of it, and however often.
  struct Told: Sendable, Hashable, CustomStringConvertible {
    var uid: String
    var resource: String
    var version: Int64
    var state: String

    var description: String { "\(resource) \(state) v\(version) (\(uid))" }
  }

  /// The changes in the order of telling.
  private(set) var told: [Told] = []
  /// `event_no` of each.
  private(set) var numbers: [Int64] = []
  /// How often what there is was listed.
  private(set) var listCount = 0
  /// What was listed; all referrals are made later.
  private(set) var listed: [String] = []

  /// Watches from before the first referral until one of `household` is SENT.
  ///
  /// - Parameter onReady: called once when changes follow
  init(
    _ client: SafeMobilityClient, until household: String, onReady: @Sendable () -> Void
  ) async throws {
    for try await event in client.watchReferrals() {
      switch event {
      case .listBegins: listCount += 1
      case .listed(let referral): listed.append(referral.name)
      case .listEnded: if listCount == 1 { onReady() }
      case .bookmark: break
      case .changed(let change, _):
        let status = change.status ?? .init()
        told.append(Told(status))
        numbers.append(change.eventNo)
        if change.referral?.registration == household, status.state == Self.sent { return }
      }
    }
  }

  private static let sent = SafeMobility.ReferralState.descriptor.name(
    of: SafeMobility.ReferralState.sent.rawValue)
}

extension WatchedReferrals.Told {
  /// What a stream tells.
  init(_ status: SafeMobility.StatusEvent) {
    self.init(
      uid: status.uid, resource: status.resource, version: status.version, state: status.state)
  }

  /// What is to be told of a row of the feed.
  init(_ event: StoredEvent) {
    let state = SafeMobility.ReferralState.descriptor.name(of: Int32(event.stateAfter)) ?? ""
    self.init(
      uid: event.uid, resource: "referrals/\(event.resource)", version: event.version, state: state)
  }
}
