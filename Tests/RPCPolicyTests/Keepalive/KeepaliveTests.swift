import RPCPolicy
import Testing

@Suite("Keepalive of a client")
struct KeepaliveTests {
  /// A machine with virtual time.
  private struct Script: ~Copyable {
    var machine: KeepaliveMachine
    var now = ContinuousClock.now

    init(_ config: KeepaliveConfig) { machine = KeepaliveMachine(config, now: now) }

    mutating func begin() -> KeepaliveAction { machine.begin(now: now) }
    mutating func calls(_ hasCalls: Bool) -> KeepaliveAction {
      machine.callsChanged(hasCalls: hasCalls, now: now)
    }
    mutating func passes(_ seconds: Int) { now += .seconds(seconds) }
    mutating func reads(after seconds: Int) {
      now += .seconds(seconds)
      machine.read(now: now)
    }
    mutating func fires(after seconds: Int) -> KeepaliveAction {
      now += .seconds(seconds)
      return machine.timerFired(now: now)
    }
  }

  private static let config = KeepaliveConfig(time: .seconds(60))

  @Test("C4: a silent connection with calls is asked, and closed when it stays silent")
  func silent() {
    var script = Script(Self.config)
    let begin = script.begin()
    #expect(begin == .none)
    let call = script.calls(true)
    #expect(call == .wait(.seconds(60)))
    let early = script.fires(after: 59)
    #expect(early == .wait(.seconds(1)))
    let ping = script.fires(after: 1)
    #expect(ping == .ping(timer: .seconds(20)))
    let waiting = script.fires(after: 19)
    #expect(waiting == .wait(.seconds(1)))
    let close = script.fires(after: 1)
    #expect(close == .close)
    let after = script.fires(after: 100)
    #expect(after == .none)
  }

  @Test("whatever is read puts the PING off, and answers it")
  func reads() {
    var script = Script(Self.config)
    _ = script.calls(true)
    script.reads(after: 50)
    let later = script.fires(after: 10)
    #expect(later == .wait(.seconds(50)))
    let ping = script.fires(after: 50)
    #expect(ping == .ping(timer: .seconds(20)))
    script.reads(after: 5)
    let answered = script.fires(after: 15)
    #expect(answered == .wait(.seconds(45)))
  }

  @Test("without calls nobody is asked, and the first call after a long silence asks at once")
  func dormant() {
    var script = Script(Self.config)
    _ = script.calls(true)
    let ended = script.calls(false)
    #expect(ended == .none)
    let dormant = script.fires(after: 60)
    #expect(dormant == .none)
    script.passes(600)
    let call = script.calls(true)
    #expect(call == .ping(timer: .seconds(20)))
  }

  @Test("calls that begin and end within the time set one timer")
  func manyCalls() {
    var script = Script(Self.config)
    _ = script.calls(true)
    for _ in 0..<10 {
      _ = script.calls(false)
      let action = script.calls(true)
      #expect(action == .none)
    }
  }

  @Test("a PING that is under way when the last call ends is still waited for")
  func askedWithoutCalls() {
    var script = Script(Self.config)
    _ = script.calls(true)
    _ = script.fires(after: 60)
    _ = script.calls(false)
    let close = script.fires(after: 20)
    #expect(close == .close)
  }

  @Test("where it is permitted, a connection without calls is asked too")
  func permitted() {
    var script = Script(KeepaliveConfig(time: .seconds(60), permitWithoutCalls: true))
    let begin = script.begin()
    #expect(begin == .wait(.seconds(60)))
    let call = script.calls(true)
    #expect(call == .none)
    _ = script.calls(false)
    let ping = script.fires(after: 60)
    #expect(ping == .ping(timer: .seconds(20)))
  }

  @Test("ten seconds are the shortest time, and too_many_pings doubles it, up to a year")
  func times() {
    var config = KeepaliveConfig(time: .seconds(1))
    #expect(config.time == .seconds(10))
    config.tooManyPings()
    #expect(config.time == .seconds(20))
    for _ in 0..<100 { config.tooManyPings() }
    #expect(config.time == .seconds(365 * 86_400))
    var rare = KeepaliveConfig(time: .seconds(400 * 86_400))
    rare.tooManyPings()
    #expect(rare.time == .seconds(400 * 86_400))
  }
}
