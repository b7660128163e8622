import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  private static let admin = "us-prm/PROGRAM_ADMIN"

  /// Opens and closes what people come in by.
  func workOnWindows() async -> String {
    let kind = "programs/intakeWindows"
    switch int(1...10) {
    case ...4:
      return await call(
        Self.admin,
        request(
          any(kind, in: ["PAUSED", "PLANNED"]), \SafeMobility.OpenIntakeWindowRequest.name, \.etag,
          \.requestId)
      ) { (caller, request) throws(RPCError) in try await caller.programs.openIntakeWindow(request)
      }
    case 5...6:
      return await call(
        Self.admin,
        request(
          any(kind, in: ["OPEN"]), \SafeMobility.PauseIntakeWindowRequest.name, \.etag,
          \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.programs.pauseIntakeWindow(request)
      }
    case 7...8 where (names[kind] ?? []).count > 1:
      return await call(
        Self.admin,
        request(
          any(kind, in: ["PAUSED", "PLANNED"]), \SafeMobility.CloseIntakeWindowRequest.name, \.etag,
          \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.programs.closeIntakeWindow(request)
      }
    case 7...9: return await createWindow(number: (names[kind] ?? []).count)
    default: return await listWindows()
    }
  }

  private func createWindow(number: Int) async -> String {
    let now = world.clock.now.microseconds / 1_000_000
    let request = SafeMobility.CreateIntakeWindowRequest.with {
      $0.parent = ProgramDeskTests.name
      $0.intakeWindowId = "window-\(number)"
      $0.intakeWindow = .with {
        $0.openTime = .with { $0.seconds = now + Int64(int(-3600...7200)) }
        $0.closeTime = .with { $0.seconds = now + Int64(int(7200...900_000)) }
        $0.quota = Int32(int(1...6))
      }
      $0.requestId = requestID()
    }
    return await call(Self.admin, request) { (caller, request) throws(RPCError) in
      try await caller.programs.createIntakeWindow(request)
    }
  }

  func listWindows() async -> String {
    let request = SafeMobility.ListIntakeWindowsRequest.with { $0.parent = ProgramDeskTests.name }
    return await call(Self.admin, request) { (caller, request) throws(RPCError) in
      try await caller.programs.listIntakeWindows(request)
    }
  }
}
