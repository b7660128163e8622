import Testing

@testable import RPCTransportHTTP2

@Suite("what addresses hold of a whole")
struct SharedAccountTests {
  private static let limits = {
    var limits = HTTP2Server.Limits()
    limits.runningHandlerCountMax = 90
    limits.runningHandlerCountMaxPerAddress = 40
    limits.heldByteCountMax = 9_000
    limits.heldByteCountMaxPerAddress = 4_000
    return limits
  }()

  /// Has one address take calls of so many bytes, as many as it may; says how many those are.
  private func take(of everybody: SharedAccount, byteCount: Int = 100) -> Int {
    let account = SharedAccount(perAddress: Self.limits, of: everybody)
    var held = Holdings()
    while true {
      var next = held
      next.byteCount += byteCount
      guard account.hasRoomForCall(next - held) else { return held.handlerCount }
      next.handlerCount += 1
      account.update(from: held, to: next)
      held = next
    }
  }

  @Test("the first address comes to a third, each later one to a third of the rest")
  func thirds() {
    let everybody = SharedAccount(ofAll: Self.limits)
    #expect(take(of: everybody) == 30)
    #expect(take(of: everybody) == 20)
    #expect((12...14).contains(take(of: everybody)))
    #expect(everybody.handlerCount <= 64)
  }

  @Test("of few addresses each has its own ceiling")
  func ceiling() {
    var limits = Self.limits
    limits.runningHandlerCountMax = 1_000
    limits.heldByteCountMax = 1_000_000
    let account = SharedAccount(perAddress: limits, of: SharedAccount(ofAll: limits))
    account.update(from: Holdings(), to: Holdings(handlerCount: 39, byteCount: 0))
    #expect(account.hasRoomForCall(Holdings()))
    #expect(!account.hasRoomForCall(Holdings(handlerCount: 1, byteCount: 0)))
    #expect(account.hasRoomForBytes(Holdings(handlerCount: 0, byteCount: 4_000)))
    #expect(!account.hasRoomForBytes(Holdings(handlerCount: 0, byteCount: 4_001)))
  }

  @Test("however many they are, never more than the whole, and the last place is taken")
  func whole() {
    let everybody = SharedAccount(ofAll: Self.limits)
    let taken = (0..<200).reduce(0) { sum, _ in sum + take(of: everybody, byteCount: 1) }
    #expect(taken == 90)
    #expect(everybody.handlerCount == 90)
  }

  @Test("a whole of one is given")
  func one() {
    #expect(SharedAccount.share(ofRest: 1) == 1)
    #expect(SharedAccount.share(ofRest: 0) == 0)
    #expect(SharedAccount.share(ofRest: 2) == 1)
  }
}
