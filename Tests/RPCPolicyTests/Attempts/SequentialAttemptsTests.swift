import RPCCore
import RPCPolicy
import Testing

@Suite("Attempts one by one (gRFC A6)")
struct SequentialAttemptsTests {
  private static let policy = RetryPolicy(
    attemptCountMax: 4, backoffInitial: .seconds(1), backoffMax: .seconds(3),
    backoffMultiplier: 2, retryableCodes: [.unavailable, .aborted])

  @Test("a call made once has its outcome, whatever the code", arguments: 0...16)
  func once(number: Int) {
    let code = StatusCode(rawValue: number)
    var call = CallScript(.once)
    let begin = call.begin()
    #expect(begin == .of(launch: 0))
    let end = call.ends(0, code)
    #expect(end == .of(finish: 0, throttle: number == 0 ? .success : .none))
    let isCommitted = call.machine.isCommitted
    #expect(isCommitted)
  }

  @Test("only retryable codes are retried", arguments: 0...16)
  func codes(number: Int) {
    let code = StatusCode(rawValue: number)
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let action = call.ends(0, code)
    if Self.policy.retryableCodes.contains(code) {
      #expect(action.timer != nil)
      #expect(action.finish == nil)
      #expect(action.throttle == .failure)
    } else {
      #expect(action == .of(finish: 0, throttle: number == 0 ? .success : .none))
    }
  }

  @Test("success is success even where the policy lists OK")
  func listedSuccess() {
    var policy = Self.policy
    policy.retryableCodes.insert(.ok)
    var call = CallScript(.retry(policy))
    _ = call.begin()
    let action = call.ends(0, .ok)
    #expect(action == .of(finish: 0, throttle: .success))
  }

  @Test("delays double up to the longest, give or take a fifth, and attempts are counted")
  func timeline() throws {
    for _ in 0..<200 {
      var call = CallScript(.retry(Self.policy))
      _ = call.begin()
      for (attempt, nominal) in [1.0, 2, 3].enumerated() {
        let action = call.ends(attempt, .unavailable)
        let delay = try #require(action.timer) / .seconds(1)
        #expect((nominal * 0.8 - 1e-9...nominal * 1.2 + 1e-9).contains(delay))
        let launch = call.timerFires()
        #expect(launch == .of(launch: attempt + 1, previous: attempt + 1))
      }
      let last = call.ends(3, .unavailable)
      #expect(last == .of(finish: 3, throttle: .failure))
    }
  }

  @Test("the transport's own limit of attempts counts too")
  func ownLimit() {
    var call = CallScript(.retry(Self.policy), attemptCountMax: 1)
    _ = call.begin()
    let action = call.ends(0, .unavailable)
    #expect(action == .of(finish: 0, throttle: .failure))
  }

  @Test("a server's delay counts instead of ours, and ours begins anew after it")
  func pushback() throws {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    _ = call.ends(0, .unavailable)
    _ = call.timerFires()
    let told = call.ends(1, .aborted, pushback: .after(.seconds(60)))
    #expect(told == .of(timer: .seconds(60), throttle: .failure))
    _ = call.timerFires()
    let delay = try #require(call.ends(2, .unavailable).timer) / .seconds(1)
    #expect((0.79...1.21).contains(delay))
  }

  @Test(
    "a server's stop ends the call and counts as a failure",
    arguments: [StatusCode.unavailable, .notFound])
  func stop(code: StatusCode) {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let action = call.ends(0, code, pushback: .stop)
    #expect(action == .of(finish: 0, throttle: .failure))
  }

  @Test("a server's delay does not make a code retryable")
  func pushbackOfFatal() {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let action = call.ends(0, .notFound, pushback: .after(.zero))
    #expect(action == .of(finish: 0))
  }

  @Test("a throttle that is closed ends the call")
  func throttled() {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let action = call.ends(0, .unavailable, allowsRetries: false)
    #expect(action == .of(finish: 0, throttle: .failure))
  }

  @Test("a committed attempt is not retried")
  func committed() {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let before = call.machine.isCommitted
    let commit = call.machine.attemptCommitted(0)
    let after = call.machine.isCommitted
    #expect(!before && after)
    #expect(commit == .none)
    let action = call.ends(0, .unavailable)
    #expect(action == .of(finish: 0, throttle: .failure))
  }

  @Test(
    "what never left is sent again without limit or count, for calls made once too",
    arguments: [.once, .retry(policy)] as [Execution])
  func neverLeft(execution: Execution) {
    var call = CallScript(execution)
    _ = call.begin()
    for attempt in 0..<50 {
      let action = call.ends(attempt, .unavailable, .neverLeft, allowsRetries: false)
      #expect(action == .of(launch: attempt + 1, previous: 0))
    }
    let action = call.ends(50, .ok)
    #expect(action == .of(finish: 50, throttle: .success))
  }

  @Test(
    "what a server did not process is sent again once, then by the policy",
    arguments: [false, true])
  func notProcessed(hasPolicy: Bool) {
    var call = CallScript(hasPolicy ? .retry(Self.policy) : .once)
    _ = call.begin()
    let first = call.ends(0, .unavailable, .notProcessed)
    #expect(first == .of(launch: 1, previous: 0))
    let second = call.ends(1, .unavailable, .notProcessed)
    #expect(second.launch == nil)
    #expect((second.timer != nil) == hasPolicy)
    #expect(second.finish == (hasPolicy ? nil : 1))
    guard hasPolicy else { return }
    let third = call.timerFires()
    #expect(third == .of(launch: 2, previous: 1))
    let fourth = call.ends(2, .unavailable, .notProcessed)
    #expect(fourth.timer != nil)
  }

  @Test("after an overflow the running attempt is the last, transparent retries included")
  func overflow() {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let overflow = call.machine.bufferOverflowed()
    #expect(overflow == .none)
    let action = call.ends(0, .unavailable, .neverLeft)
    #expect(action == .of(finish: 0, throttle: .failure))
  }

  @Test("an overflow between two attempts makes the next the last")
  func overflowWaiting() {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    _ = call.ends(0, .unavailable)
    _ = call.machine.bufferOverflowed()
    let launch = call.timerFires()
    #expect(launch == .of(launch: 1, previous: 1))
    let action = call.ends(1, .unavailable)
    #expect(action == .of(finish: 1, throttle: .failure))
  }

  @Test("a caller who leaves cancels the attempt, or the delay before it")
  func ended() {
    var running = CallScript(.retry(Self.policy))
    let early = running.machine.ended()
    #expect(early == .none)

    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let action = call.machine.ended()
    #expect(action == .of(cancel: [0]))
    let late = [
      call.ends(0, .unavailable), call.timerFires(), call.machine.attemptCommitted(0),
      call.machine.bufferOverflowed(), call.machine.ended(),
    ]
    #expect(late.allSatisfy { $0 == .none })

    var waiting = CallScript(.retry(Self.policy))
    _ = waiting.begin()
    _ = waiting.ends(0, .unavailable)
    let stopped = waiting.machine.ended()
    #expect(stopped == .of(cancelsTimer: true))
  }

  @Test("news of attempts that are over, and timers that were not set, change nothing")
  func stale() {
    var call = CallScript(.retry(Self.policy))
    _ = call.begin()
    let timer = call.timerFires()
    #expect(timer == .none)
    _ = call.ends(0, .unavailable)
    let again = call.ends(0, .ok)
    #expect(again == .none)
    _ = call.machine.attemptCommitted(0)
    let isCommitted = call.machine.isCommitted
    #expect(!isCommitted)
  }
}
