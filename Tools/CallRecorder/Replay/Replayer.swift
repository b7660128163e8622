public import RPCCore
import Synchronization

/// Answers calls from a cassette, whatever their services, without the server that was recorded.
public final class Replayer: Sendable {
  /// Which recorded call answers a call.
  public enum Matching: Sendable {
    /// The calls of a method come in the order in which they were recorded, each once.
    case strict
    /// Any recorded call with the same request; when all of them were played, the last one again.
    case loose
  }

  /// When what was recorded happens.
  public enum Timing: Sendable {
    /// As soon as it can.
    case atOnce
    /// As long after the beginning of the call as it was, times a factor.
    case recorded(Double)
  }

  private let comparison: Comparison
  private let matching: Matching
  private let timing: Timing
  private let deck: Mutex<Deck>

  /// Plays `calls`.
  ///
  /// - Parameter comparison: says which requests are the same; what is redacted in a recorded one always is
  public init(
    _ calls: [RecordedCall], comparison: Comparison, matching: Matching = .strict,
    timing: Timing = .atOnce
  ) {
    self.comparison = comparison
    self.matching = matching
    self.timing = timing
    deck = Mutex(Deck(calls))
  }

  /// For ``Router``, as the handler of methods that nobody registered.
  public var handler: MethodHandler.Streaming {
    { [self] requests, responses, call in
      var iterator = requests.makeAsyncIterator()
      let first = try await iterator.next()
      let recorded = try pick(call.method.path, first)
      try await Playback(
        recorded, comparison: comparison, isStrict: matching == .strict, timing: timing
      ).play(first, &iterator, responses, call)
    }
  }

  /// The recorded calls that nobody has asked for yet, in their order.
  public var unplayed: [RecordedCall] { deck.withLock { $0.unplayed } }

  private func pick(_ path: String, _ first: [UInt8]?) throws(RPCError) -> RecordedCall {
    try deck.withLock { (deck) throws(RPCError) in
      switch matching {
      case .strict:
        guard let call = deck.next(path) else { throw deck.nothing(for: path) }
        let differences = differences(call, first)
        guard differences.isEmpty else { throw Playback.mismatch(call, 0, differences) }
        deck.take(call)
        return call
      case .loose:
        let calls = deck.calls(path)
        let fitting = calls.filter { differences($0, first).isEmpty }
        guard let call = fitting.first(where: { !deck.isPlayed($0) }) ?? fitting.last else {
          guard let nearest = calls.last else { throw deck.nothing(for: path) }
          throw Playback.mismatch(nearest, 0, differences(nearest, first))
        }
        deck.take(call)
        return call
      }
    }
  }

  private func differences(_ call: RecordedCall, _ first: [UInt8]?) -> [FieldDifference] {
    let recorded = call.entries.first { if case .clientMessage = $0.event { true } else { false } }
    guard let recorded, case .clientMessage(let message) = recorded.event else {
      return first == nil ? [] : [FieldDifference("request", recorded: nil, live: "a message")]
    }
    guard let first else {
      return [FieldDifference("request", recorded: "a message", live: nil)]
    }
    return comparison.differences(
      message.bytes, first, of: call.header.path, isRequest: true,
      redacted: recorded.redactedPaths)
  }
}

/// The calls of a cassette, and which of them were played.
private struct Deck {
  private let all: [RecordedCall]
  private var played: Set<UInt64> = []

  init(_ calls: [RecordedCall]) { all = calls }

  var unplayed: [RecordedCall] { all.filter { !played.contains($0.id) } }

  func calls(_ path: String) -> [RecordedCall] { all.filter { $0.header.path == path } }

  func isPlayed(_ call: RecordedCall) -> Bool { played.contains(call.id) }

  func next(_ path: String) -> RecordedCall? { calls(path).first { !played.contains($0.id) } }

  mutating func take(_ call: RecordedCall) { played.insert(call.id) }

  func nothing(for path: String) -> RPCError {
    let count = calls(path).count
    let reason =
      count == 0
      ? "the cassette has no call of \(path)" : "all \(count) recorded calls of \(path) were played"
    return RPCError(.failedPrecondition, reason)
  }
}
