import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// The programme, its openings and its rules, as the contract has them.
public struct ProgramDesk: SafeMobility.ProgramService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func getProgram(
    _ request: SafeMobility.GetProgramRequest, call: ServerCall
  ) async throws -> SafeMobility.GetProgramResponse {
    try await desk.read(request, about: request.name, call) { work in
      let program = try work.program(ProgramID(name: request.name))
      return .with { $0.program = .init(program) }
    }
  }

  public func updateProgram(
    _ request: SafeMobility.UpdateProgramRequest, call: ServerCall
  ) async throws -> SafeMobility.UpdateProgramResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let change = request.program ?? .init()
      var program = try work.program(ProgramID(name: change.name))
      try program.requireEtag(request.etag)
      let version = program.revision.version
      try program.apply(
        SafeMobility.Program(program).merged(with: change, mask: request.updateMask))
      program.revision.advance(at: work.now)
      try work.tx.update(program, from: version)
      try work.note(
        .program, program.uid, .updated(program.revision), state: program.state.rawValue)
      return .with { $0.program = .init(program) }
    }
  }

  public func startPilot(
    _ request: SafeMobility.StartPilotRequest, call: ServerCall
  ) async throws -> SafeMobility.StartPilotResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let (program, pending) = try work.move(request.name, request.etag) {
        machine, now throws(Refusal) in try machine.startPilot(at: now)
      }
      return .with {
        $0.program = .init(program)
        $0.pendingApproval = pending
      }
    }
  }

  public func extendProgram(
    _ request: SafeMobility.ExtendProgramRequest, call: ServerCall
  ) async throws -> SafeMobility.ExtendProgramResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let end = try CivilDate(behind: request.extendedEndDate).known("extended_end_date")
      let (program, pending) = try work.move(request.name, request.etag) {
        machine, now throws(Refusal) in
        try machine.extend(reference: request.extensionRef, newEnd: end, at: now)
      }
      return .with {
        $0.program = .init(program)
        $0.pendingApproval = pending
      }
    }
  }
}

extension Writing {
  /// Makes a move that both governments must ask for.
  ///
  /// - Returns: the programme as it is now, and the approval that it waits for when this call is the first
  fileprivate mutating func move(
    _ name: String, _ etag: String,
    _ event: (inout ProgramMachine, Instant) throws(Refusal) -> Change<Program>
  ) throws -> (Program, SafeMobility.PendingApproval?) {
    let program = try program(ProgramID(name: name))
    try program.requireEtag(etag)
    var machine = ProgramMachine(program)
    let change = try event(&machine, now)
    let pending = try awaitSecondPerson(for: program.id.name, at: program.etag, .otherGovernment)
    if pending == nil { try store(change) }
    return (pending == nil ? change.entity : program, pending)
  }
}

extension DeskWork {
  /// The programme of that id.
  func program(_ id: ProgramID) throws -> Program { try found(try reader.program(id)) }
}
