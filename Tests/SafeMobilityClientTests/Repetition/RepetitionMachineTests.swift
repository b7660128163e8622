import RPCCore
import RPCPolicy
import Testing

@testable import SafeMobilityClient

/// When a call is made again.
@Suite struct RepetitionMachineTests {
  private static let start = ContinuousClock.now

  private func machine(end: Duration = .seconds(60)) -> RepetitionMachine {
    RepetitionMachine(
      end: Deadline(end, after: Self.start), attemptTimeout: .seconds(10),
      backoff: Backoff(
        initial: .milliseconds(100), multiplier: 2, max: .seconds(5), jitter: 0))
  }

  private func outcome(
    _ machine: inout RepetitionMachine, _ error: RPCError, after time: Duration = .zero
  ) -> RepetitionMachine.OnAttemptFailed {
    var random = SystemRandomNumberGenerator()
    return machine.attemptFailed(error, at: Self.start.advanced(by: time), using: &random)
  }

  /// The pause, rounded: it is drawn as a floating-point number of seconds.
  private func milliseconds(_ outcome: RepetitionMachine.OnAttemptFailed) -> Int? {
    guard case .pause(let pause) = outcome else { return nil }
    return Int((pause / .milliseconds(1)).rounded())
  }

  @Test("of the bare codes, only UNAVAILABLE and DEADLINE_EXCEEDED are worth another attempt")
  func codes() {
    for number in 1...16 {
      let code = StatusCode(rawValue: number)
      var machine = machine()
      let again = outcome(&machine, RPCError(code, "")) == .pause(.milliseconds(100))
      #expect(again == (code == .unavailable || code == .deadlineExceeded), "\(code)")
    }
  }

  @Test(
    "of the reasons, only an overloaded server and a twin at work are",
    arguments: [
      (StatusCode.resourceExhausted, "OVERLOADED", true),
      (.resourceExhausted, "QUOTA_REACHED", false), (.aborted, "REQUEST_IN_FLIGHT", true),
      (.aborted, "ETAG_MISMATCH", false), (.aborted, "HOLD_FENCE_STALE", false),
      (.failedPrecondition, "SLOT_FULL", false), (.invalidArgument, "REQUEST_ID_REUSED", false),
    ])
  func reasons(code: StatusCode, reason: String, isRepeated: Bool) throws {
    var machine = machine()
    let outcome = outcome(&machine, try .refusal(code, reason))
    #expect(outcome == (isRepeated ? .pause(.milliseconds(100)) : .fail))
  }

  @Test("pauses grow up to their longest, and that for a twin at work up to a second")
  func growth() throws {
    var plain = machine()
    let pauses = (0..<8).map { _ in milliseconds(outcome(&plain, RPCError(.unavailable, ""))) }
    let lengths = [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]
    #expect(pauses == lengths)
    var twins = machine()
    let error = try RPCError.refusal(.aborted, "REQUEST_IN_FLIGHT")
    let short = (0..<6).map { _ in milliseconds(outcome(&twins, error)) }
    #expect(short == lengths.prefix(6).map { min($0, 1_000) })
  }

  @Test(
    "a server's own delay is kept, unless ours has grown longer: an overloaded one's, and one's without its database",
    arguments: [(StatusCode.resourceExhausted, "OVERLOADED"), (.unavailable, "")])
  func retryInfo(code: StatusCode, reason: String) throws {
    var machine = machine()
    let error = try RPCError.refusal(code, reason, retryAfter: .milliseconds(700))
    let pauses = (0..<4).map { _ in milliseconds(outcome(&machine, error)) }
    #expect(pauses == [700, 700, 700, 800])
  }

  @Test("nobody pauses up to the end, or past it")
  func end() {
    var before = machine(end: .milliseconds(1_101))
    #expect(
      outcome(&before, RPCError(.unavailable, ""), after: .seconds(1))
        == .pause(.milliseconds(100)))
    var at = machine(end: .milliseconds(1_100))
    #expect(outcome(&at, RPCError(.unavailable, ""), after: .seconds(1)) == .fail)
  }

  @Test(
    "an attempt gets its time, twice as much after each that took longer, and never past the end")
  func attempts() {
    var machine = machine()
    func time(_ now: Duration) -> Duration {
      let now = Self.start.advanced(by: now)
      return machine.attemptDeadline(at: now).remaining(at: now)
    }
    #expect(time(.zero) == .seconds(10))
    _ = outcome(&machine, RPCError(.unavailable, ""))
    #expect(time(.zero) == .seconds(10))
    _ = outcome(&machine, RPCError(.deadlineExceeded, ""))
    #expect(time(.seconds(10)) == .seconds(20))
    _ = outcome(&machine, RPCError(.deadlineExceeded, ""))
    #expect(time(.seconds(30)) == .seconds(30))
  }
}
