import RPCPolicy
import Testing

@Suite("round_robin and least_request")
struct ConnectedSetTests {
  private func ready(_ policy: BalancingPolicy, _ count: Int, seed: UInt64 = 7) -> BalancerScript {
    var script = BalancerScript(policy, seed: seed)
    _ = script.addresses(0..<count)
    for number in 0..<count { _ = script.becomes(number, .ready) }
    return script
  }

  @Test(
    "all are connected, and connected again when they are idle",
    arguments: [.roundRobin, .leastRequest(choiceCount: 2)] as [BalancingPolicy])
  func connects(policy: BalancingPolicy) {
    var script = BalancerScript(policy)
    let addresses = script.addresses([1, 2, 2])
    #expect(addresses == .of(.connecting, connect: [1, 2]))
    let waiting = script.pick()
    #expect(waiting == .wait)
    let one = script.becomes(1, .ready)
    #expect(one == .of(.ready))
    let lost = script.becomes(1, .idle)
    #expect(lost == .of(.connecting, connect: [1], reresolve: true))
  }

  @Test("the channel fails when all have, and stays so until one is ready")
  func sticky() {
    var script = BalancerScript(.roundRobin)
    _ = script.addresses(1...2)
    let one = script.becomes(1, .transientFailure)
    #expect(one == .of(.connecting, reresolve: true))
    let idle = script.becomes(1, .idle)
    #expect(idle == .of(.connecting, connect: [1]))
    let all = script.becomes(2, .transientFailure)
    #expect(all == .of(.transientFailure, reresolve: true))
    let again = script.becomes(2, .idle)
    #expect(again == .of(.transientFailure, connect: [2]))
    let trying = script.becomes(2, .connecting)
    #expect(trying == .of(.transientFailure))
    let pick = script.pick()
    #expect(pick == .fail)
    let ready = script.becomes(2, .ready)
    #expect(ready == .of(.ready))
    let after = script.pick()
    #expect(after == .use(EndpointID(2)))
  }

  @Test("while nothing can be reached, a new address does not make calls wait")
  func stickyForNew() {
    var script = BalancerScript(.roundRobin)
    _ = script.addresses([1])
    _ = script.becomes(1, .transientFailure)
    let changed = script.addresses([1, 2])
    #expect(changed == .of(.transientFailure, connect: [2]))
    let ready = script.becomes(2, .ready)
    #expect(ready == .of(.ready))
  }

  @Test("a new list disconnects who is gone, connects who is new and leaves the others")
  func newList() {
    var script = ready(.roundRobin, 3)
    let actions = script.addresses([2, 3])
    #expect(actions == .of(.ready, connect: [3], disconnect: [0, 1]))
    let late = script.becomes(0, .ready)
    #expect(late == .of(.ready))
    for _ in 0..<5 {
      let pick = script.picked()
      #expect(pick == 2)
    }
  }

  @Test("without addresses calls fail, and with some they wait again")
  func lack() {
    var script = ready(.roundRobin, 1)
    let none = script.addresses([])
    #expect(none == .of(.transientFailure, disconnect: [0], reresolve: true))
    let some = script.addresses([1])
    #expect(some == .of(.connecting, connect: [1]))
  }

  @Test("exitIdle changes nothing: nobody is ever idle")
  func exitIdle() {
    var script = ready(.roundRobin, 2)
    let actions = script.exitIdle()
    #expect(actions == .of(.ready))
  }

  @Test("turns are even, and begin anywhere")
  func turns() {
    var firsts = [Int](repeating: 0, count: 5)
    for seed in 0..<500 {
      var script = ready(.roundRobin, 5, seed: UInt64(seed))
      let picks = (0..<15).map { _ in script.picked() ?? -1 }
      #expect(Set(picks.prefix(5)).count == 5)
      #expect(Array(picks.prefix(5)) == Array(picks.dropFirst(5).prefix(5)))
      firsts[picks[0]] += 1
    }
    // A hundred each, give or take five standard deviations.
    #expect(firsts.allSatisfy { (55...145).contains($0) }, "\(firsts)")
  }

  @Test("turns pass over who is not ready")
  func turnsOverUnready() {
    var script = ready(.roundRobin, 4)
    _ = script.becomes(1, .transientFailure)
    var counts = [Int](repeating: 0, count: 4)
    for _ in 0..<300 { counts[script.picked() ?? 0] += 1 }
    #expect(counts == [100, 0, 100, 100])
  }

  @Test("with equal loads, least_request is even in the long run")
  func equalLoads() {
    var script = ready(.leastRequest(choiceCount: 2), 4)
    var counts = [Int](repeating: 0, count: 4)
    for _ in 0..<8000 { counts[script.picked() ?? 0] += 1 }
    #expect(counts.allSatisfy { (1800...2200).contains($0) }, "\(counts)")
  }

  @Test("the busiest of n is chosen only when all choices fall on it", arguments: [2, 3, 10])
  func busiest(choiceCount: Int) {
    var script = ready(.leastRequest(choiceCount: choiceCount), 4)
    var count = 0
    for _ in 0..<16_000 where script.picked(load: { $0.rawValue }) == 3 { count += 1 }
    var expected = 16_000.0
    for _ in 0..<choiceCount { expected /= 4 }
    #expect(
      abs(Double(count) - expected) < 5 * expected.squareRoot() + 3, "\(count) of \(expected)")
  }

  @Test("a slow endpoint gets far fewer calls by least_request than its turn would be")
  func slowEndpoint() {
    var script = ready(.leastRequest(choiceCount: 2), 4)
    var running = [Int](repeating: 0, count: 4)
    var counts = running
    for step in 0..<10_000 {
      let load = running
      guard let number = script.picked(load: { load[$0.rawValue] }) else { continue }
      running[number] += 1
      counts[number] += 1
      // The quick ones end a call in every step, the slow one in every sixteenth.
      for quick in 0..<3 where running[quick] > 0 { running[quick] -= 1 }
      if step.isMultiple(of: 16), running[3] > 0 { running[3] -= 1 }
    }
    #expect(counts[3] < 1000, "\(counts)")
    #expect(counts[0..<3].allSatisfy { $0 > 2500 }, "\(counts)")
  }
}
