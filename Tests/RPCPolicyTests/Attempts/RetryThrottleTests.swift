import RPCPolicy
import Testing

@Suite("Retry throttle (gRFC A6)")
struct RetryThrottleTests {
  private func throttle(_ max: Int, _ ratio: Double) throws -> RetryThrottle {
    RetryThrottle(try #require(RetryThrottling(tokenCountMax: max, tokenRatio: ratio)))
  }

  @Test("retries stop when half of the tokens are gone, and go on above half")
  func half() throws {
    var throttle = try throttle(10, 0.1)
    for _ in 0..<4 {
      throttle.recordFailure()
      #expect(throttle.allowsRetries)
    }
    #expect(!throttle.allowsRetryOfFailure)
    throttle.recordFailure()
    #expect(!throttle.allowsRetries)
    throttle.recordSuccess()
    #expect(throttle.allowsRetries)
    #expect(!throttle.allowsRetryOfFailure)
  }

  @Test("of an odd number, half a token more than half is enough")
  func odd() throws {
    var throttle = try throttle(3, 0.5)
    throttle.recordFailure()
    #expect(throttle.allowsRetries)
    throttle.recordFailure()
    #expect(!throttle.allowsRetries)
    throttle.recordSuccess()
    #expect(!throttle.allowsRetries)
    throttle.recordSuccess()
    #expect(throttle.allowsRetries)
  }

  @Test("tokens go neither below none nor above the most")
  func bounds() throws {
    var throttle = try throttle(2, 1)
    for _ in 0..<100 { throttle.recordFailure() }
    throttle.recordSuccess()
    #expect(!throttle.allowsRetries)
    throttle.recordSuccess()
    #expect(throttle.allowsRetries)
    for _ in 0..<100 { throttle.recordSuccess() }
    throttle.recordFailure()
    #expect(!throttle.allowsRetries)
  }

  @Test("a million successes and failures leave no drift")
  func drift() throws {
    var throttle = try throttle(10, 0.1)
    for _ in 0..<5 { throttle.recordFailure() }
    for _ in 0..<100_000 {
      throttle.recordFailure()
      for _ in 0..<10 { throttle.recordSuccess() }
    }
    #expect(!throttle.allowsRetries)
    throttle.recordSuccess()
    #expect(throttle.allowsRetries)
  }

  @Test("what an action says is taken down")
  func effects() throws {
    var throttle = try throttle(2, 1)
    throttle.record(.none)
    #expect(throttle.allowsRetries)
    throttle.record(.failure)
    #expect(!throttle.allowsRetries)
    throttle.record(.success)
    #expect(throttle.allowsRetries)
  }

  @Test("a changed config keeps the share of tokens")
  func adopting() throws {
    var old = try throttle(10, 0.1)
    for _ in 0..<5 { old.recordFailure() }
    var adopted = old.adopting(try #require(RetryThrottling(tokenCountMax: 100, tokenRatio: 1)))
    #expect(!adopted.allowsRetries)
    adopted.recordSuccess()
    #expect(adopted.allowsRetries)
  }

  @Test(
    "numbers out of their range make no throttling",
    arguments: [(0, 1), (1001, 1), (1, 0), (1, -1), (1, 0.0009)])
  func ranges(tokens: Int, ratio: Double) {
    #expect(RetryThrottling(tokenCountMax: tokens, tokenRatio: ratio) == nil)
  }

  @Test(
    "pushback is milliseconds; what is negative or no number means stop",
    arguments: [
      (nil, .none), ("0", .after(.zero)), ("1500", .after(.milliseconds(1500))),
      ("2147483647", .after(.milliseconds(2_147_483_647))), ("2147483648", .stop), ("-1", .stop),
      ("", .stop), ("1.5", .stop), ("1s", .stop), (" 1", .stop), ("99999999999999999999", .stop),
    ] as [(String?, Pushback)])
  func pushback(value: String?, pushback: Pushback) {
    #expect(Pushback(metadataValue: value) == pushback)
  }
}
