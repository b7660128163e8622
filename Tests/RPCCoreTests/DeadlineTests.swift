import RPCCore
import Testing

@Suite("Deadlines")
struct DeadlineTests {
  let now = ContinuousClock.now

  @Test("a deadline has passed from its own moment on")
  func passesAtItsMoment() {
    let deadline = Deadline(.milliseconds(10), after: now)
    #expect(!deadline.hasPassed(at: now))
    #expect(!deadline.hasPassed(at: now + .nanoseconds(9_999_999)))
    #expect(deadline.hasPassed(at: now + .milliseconds(10)))
    #expect(deadline.hasPassed(at: now + .seconds(1)))
  }

  @Test("the time left is never negative")
  func remainingIsNeverNegative() {
    let deadline = Deadline(.seconds(1), after: now)
    #expect(deadline.remaining(at: now) == .seconds(1))
    #expect(deadline.remaining(at: now + .milliseconds(999)) == .milliseconds(1))
    #expect(deadline.remaining(at: now + .seconds(1)) == .zero)
    #expect(deadline.remaining(at: now + .seconds(9)) == .zero)
  }

  @Test("a negative timeout has passed at once")
  func negativeTimeoutHasPassed() {
    #expect(Deadline(.seconds(-1), after: now).hasPassed(at: now))
    #expect(Deadline(.zero, after: now).hasPassed(at: now))
  }

  @Test("the earlier deadline is the smaller")
  func earlierIsSmaller() {
    #expect(Deadline(.seconds(1), after: now) < Deadline(.seconds(2), after: now))
  }
}
