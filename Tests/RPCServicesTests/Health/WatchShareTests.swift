import RPCCore
import Testing

@testable import RPCServices

/// What one address may take of the calls that watch.
@Suite("Health: shares of Watch", .timeLimit(.minutes(1)))
struct WatchShareTests {
  private static let spent = RPCError(
    .resourceExhausted, "as many calls of this address watch as the server allows")

  private func board(countMax: Int = 1000, perAddress: Int) -> HealthBoard {
    var limits = HealthLimits()
    limits.watcherCountMax = countMax
    limits.watcherCountMaxPerAddress = perAddress
    return HealthBoard(limits: limits)
  }

  private func add(_ board: HealthBoard, _ address: String) throws(RPCError) -> HealthWatcher {
    try board.addWatcher(of: "", for: PeerIdentity(address: address))
  }

  @Test("an address whose share is used up waits for its own calls to end, and another does not")
  func share() throws {
    let board = board(perAddress: 2)
    let first = try add(board, "192.0.2.1:1000")
    let second = try add(board, "192.0.2.1:1001")
    #expect(throws: Self.spent) { try add(board, "192.0.2.1:1002") }
    let other = try add(board, "192.0.2.2:1000")
    board.remove(first)
    // What is given back twice counts once.
    board.remove(first)
    let third = try add(board, "192.0.2.1:1002")
    #expect(throws: Self.spent) { try add(board, "192.0.2.1:1003") }
    #expect(board.watcherCount == 3)
    for watcher in [second, other, third] { board.remove(watcher) }
    #expect(board.watcherCount == 0)
    #expect(board.watcherShareCount == 0)
  }

  @Test("who is refused by the ceiling for all has taken nothing of the share")
  func ceiling() throws {
    let board = board(countMax: 1, perAddress: 1)
    let first = try add(board, "192.0.2.1:1")
    #expect(throws: RPCError(.resourceExhausted, "as many calls watch as the server allows")) {
      try add(board, "192.0.2.2:1")
    }
    board.remove(first)
    _ = try add(board, "192.0.2.2:1")
  }

  @Test(
    "peers without an address have no share of their own",
    arguments: ["unix:", "unix:/run/a.sock", "in-process"])
  func noAddress(_ address: String) throws {
    let board = board(countMax: 3, perAddress: 1)
    for _ in 0..<3 { _ = try add(board, address) }
    #expect(board.watcherShareCount == 0)
    #expect(throws: RPCError.self) { try add(board, address) }
  }

  @Test("the call's own peer is the one whose share it takes, and its end gives it back")
  func call() async throws {
    let board = board(perAddress: 1)
    func watch(_ address: String) throws -> DrivenCall {
      let call = try DrivenCall(HealthService(board), "Watch", from: address)
      try call.send(GRPCHealth.HealthCheckRequest())
      call.end()
      return call
    }
    func next(_ call: DrivenCall) async throws -> GRPCHealth.HealthCheckResponse? {
      try await call.next()
    }
    let first = try watch("192.0.2.1:1")
    #expect(try await next(first)?.status == .serving)
    let refused = try watch("192.0.2.1:2")
    await #expect(throws: Self.spent) { try await next(refused) }
    let other = try watch("192.0.2.2:1")
    #expect(try await next(other)?.status == .serving)
    first.cancel()
    await #expect(throws: CancellationError.self) { try await next(first) }
    let later = try watch("192.0.2.1:3")
    #expect(try await next(later)?.status == .serving)
    for call in [other, later] { call.cancel() }
  }

  // MARK: Addresses

  private func network(_ address: String) -> PeerNetwork? {
    PeerNetwork(PeerIdentity(address: address))
  }

  @Test("an IPv4 address is one, whatever its port, and the same when it comes as IPv6")
  func ipv4() {
    #expect(network("192.0.2.1:1") == .host("192.0.2.1"))
    #expect(network("192.0.2.1:2") == network("192.0.2.1:1"))
    #expect(network("192.0.2.2:1") != network("192.0.2.1:1"))
    #expect(network("[::ffff:192.0.2.1]:1") == network("192.0.2.1:1"))
    #expect(network("[::192.0.2.1]:1") == .ipv6(0))
  }

  @Test(
    "of IPv6 it is the network of 64 bits, however the zeros are written",
    arguments: [
      ("2001:db8:0:1::1", 0x2001_0DB8_0000_0001),
      ("2001:DB8::1:ffff:ffff:ffff:ffff", 0x2001_0DB8_0000_0001),
      ("2001:db8:0:2:3:4:5:6", 0x2001_0DB8_0000_0002), ("2001:db8::", 0x2001_0DB8_0000_0000),
      ("::1", 0), ("::", 0), ("::2:3:4:5:6:7", 0x0000_0000_0002_0003),
      ("fe80::1%eth0", 0xFE80 << 48),
    ] as [(String, UInt64)])
  func ipv6(_ ip: String, _ expected: UInt64) {
    #expect(network("[\(ip)]:50312") == .ipv6(expected))
  }

  @Test(
    "what is no address in brackets is a host like any other, and has a share",
    arguments: ["2001:db8", "1:2:3:4:5:6:7:8:9", "g::1", "12345::", ""])
  func unreadable(_ ip: String) {
    #expect(network("[\(ip)]:1") == .host(ip))
  }
}
