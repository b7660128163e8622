import Domain
import Testing

@Suite struct ProgramMachineTests {
  static let table: [ProgramState: [Program.Event: ProgramState]] = [
    .planned: [.startPilot: .pilot],
    .pilot: [.extend: .extended, .beginWindDown: .windingDown],
    .extended: [.beginWindDown: .windingDown],
    .windingDown: [.close: .closed],
    .closed: [:],
  ]

  static func fire(
    _ event: Program.Event, from state: ProgramState
  ) throws(Refusal) -> Change<Program> {
    var machine = ProgramMachine(Fixture.program(state))
    switch event {
    case .startPilot: return try machine.startPilot(at: Fixture.now)
    case .extend:
      return try machine.extend(
        reference: "Joint Statement", newEnd: Fixture.date("2024-06-12"), at: Fixture.now)
    case .beginWindDown: return try machine.beginWindDown(at: Fixture.now)
    case .close: return try machine.close(at: Fixture.now)
    }
  }

  @Test("every state takes exactly the events of the table", arguments: ProgramState.allCases)
  func table(state: ProgramState) throws {
    let row = try #require(Self.table[state])
    for event in Program.Event.allCases {
      guard let target = row[event] else {
        #expect(
          refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) }
            == .transitionNotAllowed, "\(event) in \(state)")
        continue
      }
      #expect(try Self.fire(event, from: state).entity.state == target)
    }
  }

  @Test("the pilot is six months from 12 June 2023, and 11 December is its last day")
  func pilot() {
    let pilot = Fixture.program(.pilot)
    for (day, isInside) in [
      ("2023-06-11", false), ("2023-06-12", true), ("2023-12-11", true), ("2023-12-12", false),
    ] {
      #expect(pilot.contains(Fixture.date(day)) == isInside, "\(day)")
    }
  }

  @Test(
    "an extension names its agreement and ends later than the pilot",
    arguments: [
      ("", "2024-06-12", false), ("Statement", "2023-12-12", false),
      ("Statement", "2023-12-13", true), ("Statement", "2024", false),
    ])
  func prolonging(reference: String, end: String, isTaken: Bool) {
    #expect(
      refusal { () throws(Refusal) in
        var machine = ProgramMachine(Fixture.program(.pilot))
        _ = try machine.extend(
          reference: reference, newEnd: Fixture.date(end), at: Fixture.now)
      } == (isTaken ? nil : .fieldInvalid))
  }

  @Test("winding down closes the windows")
  func windDown() throws {
    #expect(try Self.fire(.beginWindDown, from: .pilot).orders == [.closeWindows])
  }
}
