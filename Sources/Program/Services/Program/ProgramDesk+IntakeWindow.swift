import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ProgramDesk {
  public func createIntakeWindow(
    _ request: SafeMobility.CreateIntakeWindowRequest, call: ServerCall
  ) async throws -> SafeMobility.CreateIntakeWindowResponse {
    try await desk.change(request, id: \.requestId, about: request.parent, call) { work in
      let program = try work.program(ProgramID(name: request.parent))
      let id = try IntakeWindowID(program: program.id, code: request.intakeWindowId)
        .known("intake_window_id")
      guard try work.tx.intakeWindow(id) == nil else {
        throw Refusal.field("intake_window_id", "is taken")
      }
      let draft = try IntakeWindow(
        id, uid: work.makeID(), request.intakeWindow ?? .init(), at: work.now)
      let change = try IntakeWindowMachine.create(draft, of: program, at: work.now)
      try work.store(change)
      return .with { $0.intakeWindow = .init(change.entity, for: work.caller.role) }
    }
  }

  public func listIntakeWindows(
    _ request: SafeMobility.ListIntakeWindowsRequest, call: ServerCall
  ) async throws -> SafeMobility.ListIntakeWindowsResponse {
    try await desk.read(request, about: request.parent, call) { work in
      let program = try work.program(ProgramID(name: request.parent))
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.parent])
      let windows = try work.reader.intakeWindows(
        of: program.id, after: page.timeKey(), limit: page.limit)
      return .with {
        $0.intakeWindows = windows.items.map { .init($0, for: work.caller.role) }
        $0.nextPageToken = page.nextToken(windows) { TimeKey($0.openTime, $0.id) }
      }
    }
  }

  public func openIntakeWindow(
    _ request: SafeMobility.OpenIntakeWindowRequest, call: ServerCall
  ) async throws -> SafeMobility.OpenIntakeWindowResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let window = try work.intakeWindow(named: request.name, etag: request.etag)
      let program = try work.program(window.id.program)
      var machine = IntakeWindowMachine(window)
      let change = try machine.open(program: program.state, at: work.now)
      try work.store(change)
      return .with { $0.intakeWindow = .init(change.entity, for: work.caller.role) }
    }
  }

  public func pauseIntakeWindow(
    _ request: SafeMobility.PauseIntakeWindowRequest, call: ServerCall
  ) async throws -> SafeMobility.PauseIntakeWindowResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      var machine = IntakeWindowMachine(
        try work.intakeWindow(named: request.name, etag: request.etag))
      let change = try machine.pause(at: work.now)
      try work.store(change)
      return .with { $0.intakeWindow = .init(change.entity, for: work.caller.role) }
    }
  }

  public func closeIntakeWindow(
    _ request: SafeMobility.CloseIntakeWindowRequest, call: ServerCall
  ) async throws -> SafeMobility.CloseIntakeWindowResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      var machine = IntakeWindowMachine(
        try work.intakeWindow(named: request.name, etag: request.etag))
      let change = try machine.close(at: work.now)
      try work.store(change)
      return .with { $0.intakeWindow = .init(change.entity, for: work.caller.role) }
    }
  }

  public func getIntakeStatus(
    _ request: SafeMobility.GetIntakeStatusRequest, call: ServerCall
  ) async throws -> SafeMobility.GetIntakeStatusResponse {
    try await desk.read(request, about: request.name, call) { work in
      let program = try work.program(ProgramID(name: request.name))
      let channel = Channel(request.channel) ?? .applicant
      let window = try work.currentWindow(of: program.id, for: channel)
      return .with {
        $0.serverTime = .init(work.now)
        guard let window else { return }
        $0.accepting = program.admits(at: work.now) && window.isOpen(at: work.now)
        $0.intakeWindow = window.id.name
        $0.state = .init(window.state)
        $0.openTime = .init(window.openTime)
        $0.closeTime = .init(window.closeTime)
      }
    }
  }
}

extension Program {
  /// Whether registrations can come in at all.
  fileprivate func admits(at now: Instant) -> Bool {
    (state == .pilot || state == .extended) && contains(zone.local(now).date)
  }
}

extension DeskWork {
  /// The window of that name, as the caller last read it.
  fileprivate func intakeWindow(named name: String, etag: String) throws -> IntakeWindow {
    let window = try found(try reader.intakeWindow(IntakeWindowID(name: name)))
    try window.requireEtag(etag)
    return window
  }

  /// The window that takes registrations by a channel now, or else the next that may.
  func currentWindow(of program: ProgramID, for channel: Channel) throws -> IntakeWindow? {
    var next: IntakeWindow?
    var key: TimeKey<IntakeWindowID>?
    while true {
      let page = try reader.intakeWindows(of: program, after: key, limit: 100)
      for window in page.items where window.channel.map({ $0 == channel }) ?? true {
        if window.isOpen(at: reader.now) { return window }
        let mayCome = window.state != .closed && reader.now < window.closeTime
        if mayCome, next == nil { next = window }
      }
      guard page.hasMore, let last = page.items.last else { return next }
      key = TimeKey(last.openTime, last.id)
    }
  }
}
