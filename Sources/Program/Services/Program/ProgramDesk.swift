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
      let program = try work.program(ProgramID(name: request.name))
      try program.requireEtag(request.etag)
      var machine = ProgramMachine(program)
      let change = try machine.startPilot(at: work.now)
      let pending = try work.awaitSecondPerson(
        for: program.id.name, at: program.etag, .otherGovernment)
      if pending == nil { try work.store(change) }
      return .with {
        $0.program = .init(pending == nil ? change.entity : program)
        $0.pendingApproval = pending
      }
    }
  }
}

extension DeskWork {
  /// The programme of that id.
  func program(_ id: ProgramID) throws -> Program { try found(try reader.program(id)) }
}
