import Protobuf
import RPCCore
import RPCPolicy
import SafeMobilityAPI
import Testing

@testable import SafeMobilityClient

/// The client's side of an exchange, without a stream.
@Suite struct PartnerExchangeMachineTests {
  private static let pause = Duration.milliseconds(100)

  private static func work(_ number: Int64, _ uid: String) -> SafeMobility.ExchangeWork {
    .with {
      $0.eventNo = number
      $0.status = .with { $0.uid = uid }
    }
  }

  private static func command(_ id: String) -> SafeMobility.ExchangeCommand {
    .with { $0.command = .advanceReferral(.with { $0.requestId = id }) }
  }

  private static func result(_ id: String) -> SafeMobility.ExchangeResponse.Message {
    .result(.with { $0.requestId = id })
  }

  @Test("every stream begins with a hello, and nothing is said between streams")
  func hello() {
    let machine = Dialogue(from: "t", inFlightMax: 7)
    machine.command(Self.command("a"), id: 1)
    #expect(machine.said() == [])
    machine.opened()
    #expect(machine.said() == ["hello t/7", "command a"])
    #expect(machine.end(nil) == .pause(Self.pause))
    #expect(machine.said() == [])
    machine.opened()
    #expect(machine.said() == ["hello t/7", "command a"])
  }

  @Test(
    "work is told once, and acknowledged when all before it is stored, by the stream's own numbers")
  func acknowledging() {
    let machine = Dialogue()
    machine.opened()
    _ = machine.said()
    for (number, uid) in ["a", "b", "c"].enumerated() {
      let work = Self.work(Int64(number + 1), uid)
      #expect(machine.hear(.work(work)) == .tell(.work(work)))
    }
    machine.store(WatchEventID(uid: "b", version: 0))
    #expect(machine.said() == [])
    machine.store(WatchEventID(uid: "a", version: 0))
    #expect(machine.said() == ["ack 2"])
    machine.store(WatchEventID(uid: "a", version: 0))
    #expect(machine.said() == [])
    // The acknowledgement is lost: what comes again is acknowledged by itself, but for what is not stored.
    _ = machine.end(RPCError(.unavailable, ""))
    machine.opened()
    #expect(machine.said() == ["hello /0"])
    for (number, uid) in ["b", "a", "c"].enumerated() {
      #expect(machine.hear(.work(Self.work(Int64(number + 11), uid))) == .nothing)
    }
    #expect(machine.said() == ["ack 12"])
    machine.store(WatchEventID(uid: "c", version: 0))
    #expect(machine.said() == ["ack 13"])
  }

  @Test("the last token is where the next stream begins, and a reset's too")
  func tokens() {
    let machine = Dialogue()
    machine.opened()
    #expect(
      machine.hear(.bookmark(.with { $0.resumeToken = "t1" }))
        == .tell(.stored(resumeToken: "t1")))
    _ = machine.end(nil)
    machine.opened()
    #expect(machine.said() == ["hello t1/0"])
    #expect(machine.hear(.reset(.with { $0.resumeToken = "t2" })) == .leave(Self.pause * 2))
    machine.opened()
    #expect(machine.said() == ["hello t2/0"])
    let work = Self.work(1, "a")
    _ = machine.hear(.work(work))
    #expect(machine.hear(.reset(.init())) == .startOver(Self.pause))
    machine.opened()
    #expect(machine.said() == ["hello /0"])
    // From the beginning everything is told.
    #expect(machine.hear(.work(work)) == .tell(.work(work)))
  }

  @Test("a command without a result is made on the next stream, and no other")
  func commands() {
    let machine = Dialogue()
    machine.opened()
    for (number, id) in ["a", "b", "c"].enumerated() {
      machine.command(Self.command(id), id: number)
    }
    #expect(machine.said() == ["hello /0", "command a", "command b", "command c"])
    #expect(
      machine.hear(Self.result("a")) == .finish(command: 0, .with { $0.requestId = "a" }))
    machine.forget(command: 1)
    _ = machine.end(RPCError(.unavailable, ""))
    machine.opened()
    #expect(machine.said() == ["hello /0", "command c"])
    #expect(
      machine.hear(Self.result("c")) == .finish(command: 2, .with { $0.requestId = "c" }))
  }

  @Test("a command that nobody waits for is not made, and its result is nobody's if it was")
  func forgotten() {
    let machine = Dialogue()
    machine.opened()
    machine.command(Self.command("a"), id: 1)
    machine.forget(command: 1)
    #expect(machine.said() == ["hello /0"])
    machine.command(Self.command("b"), id: 2)
    machine.command(Self.command("c"), id: 3)
    #expect(machine.said() == ["command b", "command c"])
    machine.forget(command: 2)
    #expect(
      machine.hear(Self.result("b")) == .finish(command: nil, .with { $0.requestId = "b" }))
    #expect(
      machine.hear(Self.result("c")) == .finish(command: 3, .with { $0.requestId = "c" }))
  }

  @Test("a server that answers what was not asked, or sends more than is allowed, is left")
  func hostile() {
    let machine = Dialogue(inFlightMax: 1)
    machine.opened()
    machine.command(Self.command("a"), id: 1)
    #expect(machine.hear(Self.result("a")) == .leave(Self.pause))
    machine.opened()
    _ = machine.said()
    #expect(machine.hear(Self.result("b")) == .leave(Self.pause * 2))
    machine.opened()
    _ = machine.said()
    _ = machine.hear(.work(Self.work(1, "w")))
    #expect(machine.hear(.work(Self.work(2, "x"))) == .leave(Self.pause))
    machine.opened()
    #expect(machine.said() == ["hello /1", "command a"])
    #expect(machine.hear(nil) == .nothing)
  }

  @Test("what trying again would not better ends it; a token that is too old begins anew")
  func ends() throws {
    let machine = Dialogue(from: "old")
    machine.opened()
    #expect(machine.end(RPCError(.permissionDenied, "")) == .fail)
    machine.opened()
    #expect(machine.end(RPCError(.invalidArgument, "")) == .fail)
    machine.opened()
    let expired = try RPCError.refusal(.outOfRange, "RESUME_TOKEN_EXPIRED")
    guard case .startOver = machine.end(expired) else {
      Issue.record("it does not begin anew")
      return
    }
    machine.opened()
    #expect(machine.said() == ["hello /0"])
    let busy = try RPCError.refusal(.resourceExhausted, "OVERLOADED", retryAfter: .seconds(9))
    #expect(machine.end(busy) == .pause(.seconds(9)))
  }
}

/// A machine that is spoken to.
private final class Dialogue {
  private var machine: PartnerExchangeMachine
  private var random = SystemRandomNumberGenerator()

  init(from token: String = "", inFlightMax: Int = 0) {
    machine = PartnerExchangeMachine(
      from: token, inFlightMax: inFlightMax,
      backoff: Backoff(
        initial: .milliseconds(100), multiplier: 2, max: .seconds(5), jitter: 0))
  }

  func opened() { machine.opened() }
  func store(_ id: WatchEventID) { machine.store(id) }
  func command(_ command: SafeMobility.ExchangeCommand, id: Int) {
    machine.command(command, id: id)
  }
  func forget(command id: Int) { machine.forget(command: id) }

  func hear(
    _ message: SafeMobility.ExchangeResponse.Message?
  ) -> PartnerExchangeMachine.OnMessage {
    machine.messageArrived(message, using: &random)
  }

  func end(_ error: RPCError?) -> WatchEnd.Reaction { machine.callEnded(error, using: &random) }

  /// All that is to be said now, in short.
  func said() -> [String] {
    var said: [String] = []
    while let request = machine.nextRequest() {
      switch request.message {
      case .hello(let hello): said.append("hello \(hello.resumeToken)/\(hello.maxInFlight)")
      case .ack(let ack): said.append("ack \(ack.eventNo)")
      case .command(let command): said.append("command \(command.requestID)")
      case nil: said.append("nothing")
      }
    }
    return said
  }
}
