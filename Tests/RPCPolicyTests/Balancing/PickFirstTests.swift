import RPCPolicy
import Testing

@Suite("pick_first (gRFCs A61, A62)")
struct PickFirstTests {
  private static let delay = Duration.milliseconds(250)

  private func script(shuffles: Bool = false, seed: UInt64 = 7) -> BalancerScript {
    BalancerScript(.pickFirst(shufflesAddresses: shuffles), seed: seed)
  }

  @Test("before addresses come a call waits")
  func unresolved() {
    var script = script()
    let pick = script.pick()
    #expect(pick == .wait)
    let actions = script.exitIdle()
    #expect(actions == .of(.connecting))
  }

  @Test(
    "addresses are tried a delay apart; the first that is ready wins, and the others are dropped")
  func timeline() {
    var script = script()
    let first = script.addresses(1...3)
    #expect(first == .of(.connecting, connect: [1], timer: Self.delay))
    let second = script.fires(after: Self.delay)
    #expect(second == .of(.connecting, connect: [2], timer: Self.delay))
    let waiting = script.pick()
    #expect(waiting == .wait)
    let winner = script.becomes(1, .ready)
    #expect(winner == .of(.ready, disconnect: [2], cancelsTimer: true))
    let pick = script.pick()
    #expect(pick == .use(EndpointID(1)))
  }

  @Test("a timer that fires too early is set again for the rest")
  func early() {
    var script = script()
    _ = script.addresses(1...2)
    let early = script.fires(after: .milliseconds(249))
    #expect(early == .of(.connecting, timer: .milliseconds(1)))
    let due = script.fires(after: .milliseconds(1))
    #expect(due == .of(.connecting, connect: [2]))
  }

  @Test("when the last one started fails, the next is tried at once")
  func failure() {
    var script = script()
    _ = script.addresses(1...3)
    script.passes(.milliseconds(100))
    let second = script.becomes(1, .transientFailure)
    #expect(second == .of(.connecting, connect: [2], timer: Self.delay))
    script.passes(.milliseconds(100))
    let third = script.becomes(2, .transientFailure)
    #expect(third == .of(.connecting, connect: [3], cancelsTimer: true))
  }

  @Test("a failure of one started before another does not hurry the next")
  func earlierFailure() {
    var script = script()
    _ = script.addresses(1...3)
    _ = script.fires(after: Self.delay)
    script.passes(.milliseconds(100))
    let failure = script.becomes(1, .transientFailure)
    #expect(failure == .of(.connecting))
    let third = script.fires(after: .milliseconds(150))
    #expect(third == .of(.connecting, connect: [3]))
  }

  @Test("when all have failed calls fail until one is ready, and the name is resolved again")
  func sticky() {
    var script = script()
    _ = script.addresses(1...2)
    _ = script.becomes(1, .transientFailure)
    let all = script.becomes(2, .transientFailure)
    #expect(all == .of(.transientFailure, reresolve: true))
    let backoffOver = script.becomes(1, .idle)
    #expect(backoffOver == .of(.transientFailure, connect: [1]))
    let connecting = script.becomes(1, .connecting)
    #expect(connecting == .of(.transientFailure))
    let pick = script.pick()
    #expect(pick == .fail)
    let once = script.becomes(1, .transientFailure)
    #expect(once == .of(.transientFailure))
    let twice = script.becomes(1, .transientFailure)
    #expect(twice == .of(.transientFailure, reresolve: true))
    _ = script.becomes(2, .idle)
    let ready = script.becomes(2, .ready)
    #expect(ready == .of(.ready))
    let after = script.pick()
    #expect(after == .use(EndpointID(2)))
  }

  @Test("an address whose backoff is over within the round is tried again when the round is")
  func backoffWithinRound() {
    var script = script()
    _ = script.addresses(1...2)
    _ = script.becomes(1, .transientFailure)
    let idle = script.becomes(1, .idle)
    #expect(idle.connect.isEmpty)
    let all = script.becomes(2, .transientFailure)
    #expect(all == .of(.transientFailure, connect: [1], reresolve: true))
  }

  @Test(
    "a lost connection leaves the channel idle until a call comes",
    arguments: [ConnectivityState.idle, .transientFailure, .connecting, .shutdown])
  func lost(state: ConnectivityState) {
    var script = script()
    _ = script.addresses(1...3)
    _ = script.becomes(1, .ready)
    let lost = script.becomes(1, state)
    #expect(lost == .of(.idle, reresolve: true))
    let pick = script.pick()
    #expect(pick == .wait)
    let again = script.exitIdle()
    #expect(again.state == .connecting)
    // One that waits out its backoff is not hurried, the next is tried instead; one that is at it
    // already need not be asked.
    let expected: [Int] =
      switch state {
      case .transientFailure: [2]
      case .connecting: []
      case .idle, .shutdown, .ready: [1]
      }
    #expect(again.connect == expected.map(EndpointID.init))
    let twice = script.exitIdle()
    #expect(twice == .of(.connecting))
  }

  @Test("the only endpoint, unhealthy, fails calls until it is healthy again")
  func unhealthy() {
    var script = script()
    _ = script.addresses([1])
    _ = script.becomes(1, .ready)
    _ = script.becomes(1, .transientFailure)
    let exit = script.exitIdle()
    #expect(exit == .of(.transientFailure, reresolve: true))
    let healthy = script.becomes(1, .ready)
    #expect(healthy == .of(.ready))
  }

  @Test("an address that becomes ready beside the selected one is dropped")
  func lateReady() {
    var script = script()
    _ = script.addresses(1...2)
    _ = script.becomes(1, .ready)
    let late = script.becomes(2, .ready)
    #expect(late == .of(.ready, disconnect: [2]))
  }

  @Test("the selected address stays when the new list has it")
  func kept() {
    var script = script()
    _ = script.addresses(1...2)
    _ = script.becomes(1, .ready)
    let changed = script.addresses([3, 1])
    #expect(changed == .of(.ready))
    let pick = script.pick()
    #expect(pick == .use(EndpointID(1)))
  }

  @Test("the selected address goes when the new list lacks it, and the new ones are tried")
  func replaced() {
    var script = script()
    _ = script.addresses(1...2)
    _ = script.becomes(1, .ready)
    let changed = script.addresses([3])
    #expect(changed == .of(.connecting, connect: [3], disconnect: [1]))
    let late = script.becomes(1, .idle)
    #expect(late == .of(.connecting))
  }

  @Test("an idle channel stays idle when addresses change")
  func idleChange() {
    var script = script()
    _ = script.addresses([1])
    _ = script.becomes(1, .ready)
    _ = script.becomes(1, .idle)
    let changed = script.addresses([2])
    #expect(changed == .of(.idle))
    let exit = script.exitIdle()
    #expect(exit == .of(.connecting, connect: [2]))
  }

  @Test("a failure outlasts new addresses, a lack of addresses does not")
  func lack() {
    var script = script()
    let none = script.addresses([])
    #expect(none == .of(.transientFailure, reresolve: true))
    let pick = script.pick()
    #expect(pick == .fail)
    let some = script.addresses([1])
    #expect(some == .of(.connecting, connect: [1]))
    _ = script.becomes(1, .transientFailure)
    let others = script.addresses([2])
    #expect(others == .of(.transientFailure, connect: [2], disconnect: [1]))
  }

  @Test("families take turns, beginning with the first address's; an address counts once")
  func families() {
    var script = script()
    let order = order(
      of: &script, [1, 2, 2, 3, 4, 5],
      families: [.ipv6, .ipv6, .ipv6, .ipv6, .ipv4, .other])
    #expect(order == [1, 4, 5, 2, 3])
  }

  @Test("shuffled, every order comes, and families still take turns")
  func shuffled() {
    var orders: Set<[Int]> = []
    for seed in 0..<400 {
      var script = script(shuffles: true, seed: UInt64(seed))
      orders.insert(order(of: &script, [1, 2, 3], families: []))
      var mixed = self.script(shuffles: true, seed: UInt64(seed))
      let families = order(of: &mixed, [1, 2, 3, 4], families: [.ipv4, .ipv4, .ipv6, .ipv6])
        .map { $0 > 2 }
      #expect(families[0] != families[1] && families[2] != families[3])
    }
    #expect(orders.count == 6)
    var first = script(shuffles: true, seed: 3)
    var second = script(shuffles: true, seed: 3)
    #expect(
      order(of: &first, Array(1...9), families: [])
        == order(of: &second, Array(1...9), families: []))
  }

  /// The order in which addresses are tried when each is slow.
  private func order(
    of script: inout BalancerScript, _ numbers: [Int], families: [AddressFamily]
  ) -> [Int] {
    var tried = script.addresses(numbers, families: families).connect
    for _ in numbers { tried += script.fires(after: Self.delay).connect }
    return tried.map(\.rawValue)
  }
}
