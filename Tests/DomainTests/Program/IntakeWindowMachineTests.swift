import Domain
import Testing

@Suite struct IntakeWindowMachineTests {
  static let table: [IntakeWindowState: [IntakeWindow.Event: IntakeWindowState]] = [
    .planned: [.open: .open, .close: .closed],
    .open: [.pause: .paused, .close: .closed, .admit: .open],
    .paused: [.open: .open, .close: .closed],
    .quotaReached: [.close: .closed],
    .closed: [:],
  ]

  static func fire(
    _ event: IntakeWindow.Event, from state: IntakeWindowState
  ) throws(Refusal) -> Change<IntakeWindow> {
    var machine = IntakeWindowMachine(Fixture.window(state))
    switch event {
    case .create:
      return try IntakeWindowMachine.create(
        Fixture.window(state), of: Fixture.program(.pilot), at: Fixture.now)
    case .open: return try machine.open(program: .pilot, at: Fixture.now)
    case .pause: return try machine.pause(at: Fixture.now)
    case .close: return try machine.close(at: Fixture.now)
    case .admit: return try machine.admit(channel: .office, at: Fixture.now)
    }
  }

  @Test("every state takes exactly the events of the table", arguments: IntakeWindowState.allCases)
  func table(state: IntakeWindowState) throws {
    let row = try #require(Self.table[state])
    for event in IntakeWindow.Event.allCases where event != .create {
      guard let target = row[event] else {
        let expected: Refusal.Reason =
          switch (event, state) {
          case (.admit, .quotaReached): .quotaReached
          case (.admit, _): .windowClosed
          default: .transitionNotAllowed
          }
        #expect(
          refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) } == expected,
          "\(event) in \(state)")
        continue
      }
      #expect(try Self.fire(event, from: state).entity.state == target)
    }
  }

  @Test("a window opens in the pilot and its extension only", arguments: ProgramState.allCases)
  func program(state: ProgramState) {
    let expected: Refusal.Reason? =
      switch state {
      case .pilot, .extended: nil
      case .planned: .transitionNotAllowed
      case .windingDown, .closed: .programFrozen
      }
    #expect(
      refusal { () throws(Refusal) in
        var machine = IntakeWindowMachine(Fixture.window(.planned))
        _ = try machine.open(program: state, at: Fixture.now)
      } == expected)
  }

  @Test("it takes people from its first instant up to, and not at, its closing time")
  func times() {
    let window = Fixture.window()
    for (time, isOpen) in [
      (window.openTime - .microseconds(1), false), (window.openTime, true),
      (window.closeTime - .microseconds(1), true), (window.closeTime, false),
    ] {
      #expect(window.isOpen(at: time) == isOpen, "\(time)")
      #expect(
        refusal { () throws(Refusal) in
          var machine = IntakeWindowMachine(window)
          _ = try machine.admit(channel: .office, at: time)
        } == (isOpen ? nil : .windowClosed))
    }
  }

  @Test(
    "the clock opens a planned window at its time and no other",
    arguments: IntakeWindowState.allCases)
  func opensOnTime(state: IntakeWindowState) {
    let window = Fixture.window(state)
    for (time, isDue) in [
      (window.openTime - .microseconds(1), false), (window.openTime, true),
    ] {
      let reason = refusal { () throws(Refusal) in
        var machine = IntakeWindowMachine(window)
        let change = try machine.openOnTime(program: .pilot, at: time)
        #expect(change.entity.state == .open && change.event == .open)
      }
      #expect(reason == (isDue && state == .planned ? nil : .transitionNotAllowed))
    }
  }

  @Test(
    "the clock closes what is not closed, and not before its time",
    arguments: IntakeWindowState.allCases)
  func closesOnTime(state: IntakeWindowState) {
    let window = Fixture.window(state)
    for (time, isDue) in [
      (window.closeTime - .microseconds(1), false), (window.closeTime, true),
    ] {
      let reason = refusal { () throws(Refusal) in
        var machine = IntakeWindowMachine(window)
        #expect(try machine.closeOnTime(at: time).entity.state == .closed)
      }
      #expect(reason == (isDue && state != .closed ? nil : .transitionNotAllowed))
    }
  }

  @Test("the last admission reaches the quota, and the next one is told so")
  func quota() throws {
    var machine = IntakeWindowMachine(Fixture.window(quota: 2))
    #expect(try machine.admit(channel: .office, at: Fixture.now).entity.state == .open)
    let full = try machine.admit(channel: .office, at: Fixture.now).entity
    #expect(full.state == .quotaReached)
    #expect(full.admitted == 2)
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.admit(channel: .office, at: Fixture.now)
      } == .quotaReached)
  }

  @Test("a window of one channel is closed to the others")
  func channel() {
    var window = Fixture.window()
    window.channel = .contactCentre
    for channel in Channel.allCases {
      #expect(
        refusal { () throws(Refusal) in
          var machine = IntakeWindowMachine(window)
          _ = try machine.admit(channel: channel, at: Fixture.now)
        } == (channel == .contactCentre ? nil : .windowClosed))
    }
  }

  @Test("a window that would be empty, over or without quota is not made")
  func creation() {
    func reason(_ change: (inout IntakeWindow) -> Void) -> Refusal.Reason? {
      var window = Fixture.window()
      change(&window)
      return refusal { () throws(Refusal) in
        let made = try IntakeWindowMachine.create(
          window, of: Fixture.program(.pilot), at: Fixture.now
        ).entity
        #expect(made.state == .planned && made.admitted == 0)
      }
    }
    #expect(reason { $0.admitted = 5 } == nil)
    #expect(reason { $0.closeTime = $0.openTime } == .fieldInvalid)
    #expect(reason { $0.quota = 0 } == .fieldInvalid)
    #expect(reason { $0.quota = 1 } == nil)
    #expect(reason { $0.closeTime = Fixture.now } == .fieldInvalid)
    #expect(reason { $0.closeTime = Fixture.now + .microseconds(1) } == nil)
  }
}
