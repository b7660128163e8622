import Protobuf
import RPCCore
import RPCServices
import Testing

@Suite("Health: Check and List", .timeLimit(.minutes(1)))
struct HealthServiceTests {
  typealias Status = GRPCHealth.HealthCheckResponse.ServingStatus

  private func check(_ board: HealthBoard, _ service: String) async throws -> Status {
    let request = GRPCHealth.HealthCheckRequest.with { $0.service = service }
    let response: GRPCHealth.HealthCheckResponse = try await DrivenCall.unary(
      HealthService(board), "Check", request)
    return response.status
  }

  private func list(_ board: HealthBoard) async throws -> [String: Status] {
    let response: GRPCHealth.HealthListResponse = try await DrivenCall.unary(
      HealthService(board), "List", GRPCHealth.HealthListRequest())
    return response.statuses.mapValues(\.status)
  }

  @Test("a board begins with the server and the named services serving, and tells each change")
  func checks() async throws {
    let board = HealthBoard(serving: ["a.B"])
    #expect(try await check(board, "") == .serving)
    #expect(try await check(board, "a.B") == .serving)
    board.set("a.B", .notServing)
    board.set("a.C", .serving)
    #expect(try await check(board, "") == .serving)
    #expect(try await check(board, "a.B") == .notServing)
    #expect(try await check(board, "a.C") == .serving)
  }

  @Test("a service that was never set is NOT_FOUND", arguments: ["a.C", "a.b", " ", "a.B "])
  func unknown(service: String) async {
    await #expect(throws: RPCError(.notFound, "the service is not known")) {
      try await check(HealthBoard(serving: ["a.B"]), service)
    }
  }

  @Test("List tells of all that are set, the server among them")
  func lists() async throws {
    let board = HealthBoard(serving: ["a.B"])
    board.set("a.C", .notServing)
    #expect(try await list(board) == ["": .serving, "a.B": .serving, "a.C": .notServing])
  }

  @Test("a hundred services are listed, one more is RESOURCE_EXHAUSTED")
  func listLimit() async throws {
    let board = HealthBoard(serving: (1..<100).map { "a.S\($0)" })
    #expect(try await list(board).count == 100)
    board.set("a.S100", .serving)
    await #expect(throws: RPCError(.resourceExhausted, "there are too many services to list")) {
      try await list(board)
    }
  }

  @Test("after shutdown all that was known is NOT_SERVING, for good")
  func shutdown() async throws {
    let board = HealthBoard(serving: ["a.B"])
    board.shutdown()
    board.set("a.B", .serving)
    board.set("a.C", .serving)
    board.shutdown()
    #expect(try await list(board) == ["": .notServing, "a.B": .notServing])
    #expect(board.status(of: "a.C") == nil)
  }
}
