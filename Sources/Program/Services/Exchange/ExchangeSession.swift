import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Synchronization

/// One exchange as its two sides share it: the machine, and the one stream of responses.
final class ExchangeSession: WatchOutlet {
  typealias Response = SafeMobility.ExchangeResponse

  /// What there is to watch, once the hello has been heard.
  struct Start: Sendable {
    var watch: Watch<ExchangeView>
    var token: ResumeToken
  }

  private let machine = Mutex(ExchangeMachine())
  private let start = Mutex<Start?>(nil)
  private let turns = Turns()
  private let responses: ResponseStream<Response>
  private let wake: @Sendable () -> Void

  /// - Parameter wake: wakes the side that tells
  init(_ responses: ResponseStream<Response>, wake: @escaping @Sendable () -> Void) {
    self.responses = responses
    self.wake = wake
  }

  // MARK: The side that reads

  /// A message has come; what to do about it.
  ///
  /// - Throws: FIELD_INVALID for one that does not belong there
  func arrived(
    _ message: SafeMobility.ExchangeRequest.Message?
  ) throws(Refusal) -> ExchangeMachine.OnMessage {
    let action = try machine.withLock { machine throws(Refusal) in
      switch message {
      case .hello(let hello): try machine.helloArrived(maxInFlight: Int(hello.maxInFlight))
      case .ack(let ack): try machine.ackArrived(ack.eventNo)
      case .command: try machine.commandArrived()
      case nil:
        throw Refusal.field("message", "is none that is known here; send hello, ack or command")
      }
    }
    if action == .wakeTeller { wake() }
    return action
  }

  /// The hello was heard, and the log knows it.
  func begin(_ start: Start) async throws {
    // Nothing may happen for long, and the caller wants to know that it is heard.
    try await turns.take { try await responses.sendHeaders() }
    machine.withLock { $0.begun(at: start.token.place) }
    self.start.withLock { $0 = start }
    wake()
  }

  /// Sends what came of a command.
  ///
  /// - Returns: whether to read on
  func answer(_ result: SafeMobility.ExchangeResult) async throws -> Bool {
    try await say(.with { $0.message = .result(result) })
    return machine.withLock { $0.answered() }
  }

  /// The client has no more to say.
  func requestsEnded() throws(Refusal) {
    _ = try machine.withLock { machine throws(Refusal) in try machine.requestsEnded() }
    wake()
  }

  // MARK: The side that tells

  /// What to watch, as soon as it is there.
  ///
  /// - Throws: FIELD_INVALID when there is no hello within a time
  func started(_ wakeUps: AsyncStream<Void>, within ageMax: Duration) async throws -> Start {
    let clock = ContinuousClock()
    let begun = clock.now
    for await _ in wakeUps {
      if let start = start.withLock({ $0 }) { return start }
      if clock.now - begun >= ageMax { throw ExchangeMachine.noHello }
    }
    try Task.checkCancellation()
    throw RPCError.watchesEnded
  }

  /// This side has ended.
  func told() -> ExchangeMachine.OnTold { machine.withLock { $0.told() } }

  // MARK: Where items go

  var isPaced: Bool { true }
  var room: Int? { machine.withLock { $0.room } }
  func isBookmarkDue() -> Bool { machine.withLock { $0.takeBookmark() } }

  func resumePlace(told place: ResumePlace) -> ResumePlace {
    machine.withLock { $0.resumePlace(told: place) }
  }

  func tell(_ response: Response, at place: ResumePlace) async throws {
    // First, because it can be acknowledged before the write is over.
    machine.withLock { $0.telling(at: place) }
    try await say(response)
  }

  func say(_ response: Response) async throws {
    try await turns.take { try await responses.write(response) }
  }
}

/// Lets one of two tasks at a time do something that waits, such as writing to a stream that both write to.
///
/// Who waits for its turn waits on, even when it is cancelled: what holds it up ends with the call.
final class Turns: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Does it when it is the caller's turn.
  func take(_ body: () async throws -> Void) async throws {
    await begin()
    defer { end() }
    try await body()
  }

  private func begin() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.isTaken else {
          state.isTaken = true
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func end() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.isTaken = false
      return nil
    }
    next?.resume()
  }
}
