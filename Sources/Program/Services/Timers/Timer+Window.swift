import Domain
import Storage

extension Timer<IntakeWindowID> {
  /// A window whose time is over is CLOSED.
  static var closeWindow: Self {
    Timer("CloseIntakeWindow", for: .programAdministration) { reader, key, limit in
      try reader.windowsToClose(after: key, limit: limit)
    } move: { work, id in
      guard let window = try work.tx.intakeWindow(id), window.state != .closed else { return false }
      var machine = IntakeWindowMachine(window)
      try work.store(try machine.closeOnTime(at: work.now))
      return true
    }
  }

  /// A window that is still PLANNED at its opening time is OPEN, as soon as the program is in its
  /// pilot or extended: until then it waits, which is no failure.
  static var openWindow: Self {
    Timer("OpenIntakeWindow", for: .programAdministration) { reader, key, limit in
      try reader.windowsToOpen(after: key, limit: limit)
    } move: { work, id in
      guard let window = try work.tx.intakeWindow(id), window.state == .planned,
        let program = try work.tx.program(id.program),
        program.state == .pilot || program.state == .extended
      else { return false }
      var machine = IntakeWindowMachine(window)
      try work.store(try machine.openOnTime(program: program.state, at: work.now))
      return true
    }
  }
}
