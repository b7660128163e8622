import Domain
import Testing

/// The written tables of all machines: none lacks a state or an event, and each says what the machine's events say of
/// themselves. That every cell is as written is each machine's own test.
@Suite struct EveryMachineTests {
  /// A machine's table, whatever its states and events are.
  struct Table: Sendable, CustomTestStringConvertible {
    var name: String
    var states: Set<String>
    /// From where each event may come, as it says itself.
    var sources: [String: Set<String>]
    /// Events that make something new, and so come from no state.
    var creating: Set<String>
    /// By state, the events that it takes.
    var rows: [String: Set<String>]
    /// The cells that there must be.
    var cellCount: Int

    var testDescription: String { name }

    init<State: CaseIterable & Hashable, Event: MachineEvent, Target>(
      _ name: String, _ rows: [State: [Event: Target]], creating: Set<Event>, cells: Int
    ) where Event.State == State {
      self.name = name
      states = Set(State.allCases.map { "\($0)" })
      sources = Dictionary(
        uniqueKeysWithValues: Event.allCases.map { ("\($0)", Set($0.sources.map { "\($0)" })) })
      self.creating = Set(creating.map { "\($0)" })
      self.rows = Dictionary(
        uniqueKeysWithValues: rows.map { ("\($0)", Set($1.keys.map { "\($0)" })) })
      cellCount = cells
    }
  }

  /// Domain § 5.1 to § 5.4: states times events, those that make something new apart.
  static let tables = [
    Table("registration", RegistrationMachineTests.table, creating: [.create], cells: 15 * 19),
    Table("appointment", AppointmentMachineTests.table, creating: [.offer, .book], cells: 11 * 10),
    Table("hold", HoldMachineTests.table, creating: [.hold], cells: 4 * 4),
    Table("waitlist", WaitlistMachineTests.table, creating: [.join], cells: 6 * 10),
    Table("referral", ReferralMachineTests.table, creating: [.create], cells: 13 * 17),
    Table("consent", ConsentMachineTests.table, creating: [.propose], cells: 5 * 4),
    Table("program", ProgramMachineTests.table, creating: [], cells: 5 * 4),
    Table("window", IntakeWindowMachineTests.table, creating: [.create], cells: 5 * 4),
    Table("duplicate", DuplicateCandidateMachineTests.table, creating: [.open], cells: 4 * 3),
  ]

  @Test(arguments: tables) func `a table has a row for each state and a use for each event`(
    _ table: Table
  ) {
    #expect(Set(table.rows.keys) == table.states)
    let events = Set(table.sources.keys).subtracting(table.creating)
    #expect(table.rows.values.reduce(into: Set()) { $0.formUnion($1) } == events)
    #expect(table.states.count * events.count == table.cellCount)
  }

  @Test(arguments: tables) func `an event says of itself from where it comes as the table does`(
    _ table: Table
  ) {
    for (event, sources) in table.sources {
      let written = Set(table.rows.filter { $0.value.contains(event) }.keys)
      #expect(sources == written, "\(event)")
      #expect(!table.creating.contains(event) || sources.isEmpty, "\(event)")
    }
  }

  @Test func `nothing that has ended takes anything but what is said of the end`() {
    for table in Self.tables {
      let ends = table.rows.filter { $0.value.isEmpty }.keys
      #expect(!ends.isEmpty, "\(table.name) never ends")
    }
  }
}
