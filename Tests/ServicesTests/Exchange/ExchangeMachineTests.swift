import Domain
import Testing

@testable import Services

/// The rules of an exchange, without a stream.
@Suite("The machine of an exchange")
struct ExchangeMachineTests {
  /// Where a machine can be, and how it gets there.
  enum Place: CaseIterable {
    case greeting, opening, reading, working, closing, leaving, over

    func machine() throws -> HeldMachine {
      let machine = HeldMachine()
      if self == .greeting { return machine }
      _ = try machine.helloArrived(maxInFlight: 2)
      if self == .opening { return machine }
      machine.begun(at: Self.place(4))
      machine.telling(at: Self.place(5))
      switch self {
      case .working: _ = try machine.commandArrived()
      case .closing: _ = try machine.requestsEnded()
      case .leaving:
        _ = try machine.commandArrived()
        _ = machine.told()
      case .over: _ = machine.told()
      case .greeting, .opening, .reading: break
      }
      return machine
    }

    static func place(_ number: Int64) -> ResumePlace {
      ResumePlace(position: 10 * number, eventNumber: number)
    }
  }

  enum Event: CaseIterable {
    case hello, ack, command, requestsEnded
  }

  /// What becomes of a message: an action, or the field at fault.
  enum Outcome: Equatable {
    case does(ExchangeMachine.OnMessage)
    case refuses(String)
  }

  private static func outcome(of event: Event, in machine: HeldMachine) -> Outcome {
    do throws(Refusal) {
      switch event {
      case .hello: return .does(try machine.helloArrived(maxInFlight: 0))
      case .ack: return .does(try machine.ackArrived(5))
      case .command: return .does(try machine.commandArrived())
      case .requestsEnded: return .does(try machine.requestsEnded())
      }
    } catch {
      return .refuses(error.violations.first?.field ?? "")
    }
  }

  private static func expected(_ event: Event, _ place: Place) -> Outcome {
    switch (event, place) {
    case (.hello, .greeting): .does(.begin(inFlightMax: 32))
    case (_, .leaving), (_, .over): .does(.drop)
    case (.hello, _): .refuses("hello")
    case (.requestsEnded, .greeting): .refuses("hello")
    case (.ack, .greeting): .refuses("ack")
    case (.command, .greeting): .refuses("command")
    // Nothing was sent yet.
    case (.ack, .opening): .refuses("ack.event_no")
    case (.ack, _): .does(.wakeTeller)
    case (.command, _): .does(.run)
    case (.requestsEnded, .closing): .does(.drop)
    case (.requestsEnded, _): .does(.wakeTeller)
    }
  }

  @Test("every message in every place", arguments: Place.allCases, Event.allCases)
  func table(_ place: Place, _ event: Event) throws {
    let machine = try place.machine()
    #expect(Self.outcome(of: event, in: machine) == Self.expected(event, place))
  }

  @Test("how the side that tells ends, in every place", arguments: Place.allCases)
  func told(_ place: Place) throws {
    let machine = try place.machine()
    let waits: Set<Place> = [.working, .closing, .leaving]
    #expect(machine.told() == (waits.contains(place) ? .wait : .stopReader))
    #expect(machine.room == nil)
    #expect(try machine.commandArrived() == .drop)
    // A command under way is answered, and is the last.
    #expect(!machine.answered())
  }

  @Test("there is room while few are unacknowledged, and only between hello and the end")
  func room() throws {
    let rooms: [Place: Int?] = [
      .greeting: 0, .opening: 0, .reading: 1, .working: 1, .closing: nil, .leaving: nil, .over: nil,
    ]
    for place in Place.allCases {
      let machine = try place.machine()
      #expect(machine.room == rooms[place], "\(place)")
    }
    let machine = try Place.reading.machine()
    machine.telling(at: Place.place(6))
    #expect(machine.room == 0)
    _ = try machine.ackArrived(5)
    #expect(machine.room == 1)
    _ = try machine.ackArrived(6)
    #expect(machine.room == 2)
  }

  @Test("an acknowledgement is of what was sent, never less than the last, and may be said twice")
  func acknowledging() throws {
    let machine = try Place.reading.machine()
    machine.telling(at: Place.place(6))
    for wrong: Int64 in [.min, -1, 0, 3, 7, .max] {
      #expect(throws: Refusal.self, "\(wrong)") { _ = try machine.ackArrived(wrong) }
    }
    #expect(!machine.takeBookmark())
    let told = Place.place(6)
    #expect(machine.resumePlace(told: told) == Place.place(4))
    #expect(try machine.ackArrived(4) == .wakeTeller)
    #expect(!machine.takeBookmark())
    _ = try machine.ackArrived(5)
    #expect(machine.takeBookmark())
    #expect(!machine.takeBookmark())
    #expect(machine.resumePlace(told: told) == Place.place(5))
    #expect(throws: Refusal.self) { _ = try machine.ackArrived(4) }
    _ = try machine.ackArrived(5)
    _ = try machine.ackArrived(6)
    // Everything is acknowledged, so what was looked at besides need not be looked at again.
    let later = ResumePlace(position: 99, eventNumber: 6)
    #expect(machine.resumePlace(told: later) == later)
  }

  @Test("commands are worked one after the other")
  func commands() throws {
    let machine = try Place.reading.machine()
    for _ in 0..<3 {
      #expect(try machine.commandArrived() == .run)
      #expect(machine.answered())
    }
  }

  @Test("without a number of its own a client gets the usual room")
  func usual() throws {
    let machine = HeldMachine()
    #expect(try machine.helloArrived(maxInFlight: 0) == .begin(inFlightMax: 32))
    let other = HeldMachine()
    #expect(try other.helloArrived(maxInFlight: 1_000) == .begin(inFlightMax: 1_000))
  }
}

/// A machine that expectations can ask, which copy what they look at.
final class HeldMachine {
  private var machine = ExchangeMachine()

  func helloArrived(maxInFlight limit: Int) throws(Refusal) -> ExchangeMachine.OnMessage {
    try machine.helloArrived(maxInFlight: limit)
  }
  func ackArrived(_ number: Int64) throws(Refusal) -> ExchangeMachine.OnMessage {
    try machine.ackArrived(number)
  }
  func commandArrived() throws(Refusal) -> ExchangeMachine.OnMessage {
    try machine.commandArrived()
  }
  func requestsEnded() throws(Refusal) -> ExchangeMachine.OnMessage { try machine.requestsEnded() }
  func begun(at place: ResumePlace) { machine.begun(at: place) }
  func answered() -> Bool { machine.answered() }
  func told() -> ExchangeMachine.OnTold { machine.told() }
  func telling(at place: ResumePlace) { machine.telling(at: place) }
  var room: Int? { machine.room }
  func takeBookmark() -> Bool { machine.takeBookmark() }
  func resumePlace(told place: ResumePlace) -> ResumePlace { machine.resumePlace(told: place) }
}
