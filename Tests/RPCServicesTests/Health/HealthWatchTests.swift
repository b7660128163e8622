import Protobuf
import RPCCore
import Testing

@testable import RPCServices

@Suite("Health: Watch", .timeLimit(.minutes(1)))
struct HealthWatchTests {
  typealias Response = GRPCHealth.HealthCheckResponse
  typealias Status = Response.ServingStatus

  private func watch(
    _ board: HealthBoard, _ service: String, heldBack: Bool = false, from address: String = "test"
  ) throws -> DrivenCall {
    let call = try DrivenCall(HealthService(board), "Watch", heldBack: heldBack, from: address)
    try call.send(GRPCHealth.HealthCheckRequest.with { $0.service = service })
    call.end()
    return call
  }

  private func next(_ call: DrivenCall) async throws -> Status? {
    try await call.next(as: Response.self)?.status
  }

  @Test("the present status comes first, then every change once")
  func changes() async throws {
    let board = HealthBoard(serving: ["a.B", "a.C"])
    let call = try watch(board, "a.B")
    #expect(try await next(call) == .serving)
    board.set("a.B", .serving)
    board.set("a.C", .notServing)
    board.set("a.B", .notServing)
    #expect(try await next(call) == .notServing)
    board.set("a.B", .notServing)
    board.set("a.B", .serving)
    #expect(try await next(call) == .serving)
    call.cancel()
  }

  @Test("a service nobody knows is SERVICE_UNKNOWN, and told of when it comes")
  func unknown() async throws {
    let board = HealthBoard()
    let call = try watch(board, "a.B")
    #expect(try await next(call) == .serviceUnknown)
    board.set("a.B", .notServing)
    #expect(try await next(call) == .notServing)
    call.cancel()
  }

  @Test("who reads slowly is told the last of several changes")
  func coalesced() async throws {
    let board = HealthBoard()
    let call = try watch(board, "a.B", heldBack: true)
    #expect(try await next(call) == .serviceUnknown)
    for _ in 0..<1000 {
      board.set("a.B", .serving)
      board.set("a.B", .notServing)
    }
    call.takeOne()
    #expect(try await next(call) == .notServing)
    // There and back again while nobody read: nothing is new.
    board.set("a.B", .serving)
    board.set("a.B", .notServing)
    call.takeOne()
    call.takeOne()
    call.takeOne()
    // The next that is told must be this one, whether the two above had been read or not.
    try await Task.sleep(for: .milliseconds(50))
    board.set("a.B", .serving)
    #expect(try await next(call) == .serving)
    call.cancel()
  }

  @Test("a watch ends with its call and leaves nothing behind")
  func ended() async throws {
    let board = HealthBoard()
    let call = try watch(board, "a.B")
    #expect(try await next(call) == .serviceUnknown)
    #expect(board.watcherCount == 1)
    #expect(board.lineCount == 2)
    call.cancel()
    await #expect(throws: CancellationError.self) { try await next(call) }
    #expect(board.watcherCount == 0)
    #expect(board.lineCount == 1)
  }

  @Test("as many watch as the limit says, and another when one has gone")
  func watcherLimit() async throws {
    var limits = HealthLimits()
    limits.watcherCountMax = 2
    let board = HealthBoard(limits: limits)
    let first = try watch(board, "")
    let second = try watch(board, "a.B")
    #expect(try await next(first) == .serving)
    #expect(try await next(second) == .serviceUnknown)
    let third = try watch(board, "")
    await #expect(
      throws: RPCError(.resourceExhausted, "as many calls watch as the server allows")
    ) { try await next(third) }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await next(first) }
    let fourth = try watch(board, "")
    #expect(try await next(fourth) == .serving)
    for call in [second, fourth] { call.cancel() }
  }

  @Test("a name of 1,024 bytes is watched, a longer one refused")
  func nameLimit() async throws {
    let board = HealthBoard()
    let call = try watch(board, String(repeating: "a", count: 1024))
    #expect(try await next(call) == .serviceUnknown)
    call.cancel()
    let refused = try watch(board, String(repeating: "a", count: 1025))
    await #expect(
      throws: RPCError(.resourceExhausted, "the service's name is too long to be watched")
    ) { try await next(refused) }
    #expect(board.status(of: "a") == nil)
  }

  @Test("shutdown is told and watching goes on; the end of watches ends each with UNAVAILABLE")
  func shutdown() async throws {
    let board = HealthBoard(serving: ["a.B"])
    let known = try watch(board, "a.B")
    let unknown = try watch(board, "a.C")
    #expect(try await next(known) == .serving)
    #expect(try await next(unknown) == .serviceUnknown)
    board.shutdown()
    #expect(try await next(known) == .notServing)
    let late = try watch(board, "")
    #expect(try await next(late) == .notServing)
    board.endWatches()
    for call in [known, unknown, late, try watch(board, "a.B")] {
      await #expect(throws: RPCError(.unavailable, "the server is shutting down")) {
        try await next(call)
      }
    }
    #expect(board.watcherCount == 0)
  }

  @Test("the end of watches without a shutdown before it is told as one")
  func endAlone() async throws {
    let board = HealthBoard()
    let call = try watch(board, "")
    #expect(try await next(call) == .serving)
    board.endWatches()
    #expect(try await next(call) == .notServing)
    await #expect(throws: RPCError.self) { try await next(call) }
    #expect(board.status(of: "") == .notServing)
  }

  @Test("writers on many threads leave every watcher with what stands on the board")
  func race() async throws {
    let board = HealthBoard()
    let calls = try (0..<20).map { _ in try watch(board, "a.B") }
    for call in calls { #expect(try await next(call) == .serviceUnknown) }
    await withTaskGroup { group in
      for writer in 0..<4 {
        group.addTask {
          for turn in 0..<500 {
            board.set("a.B", (turn + writer).isMultiple(of: 2) ? .serving : .notServing)
          }
        }
      }
    }
    board.set("a.B", .serving)
    board.endWatches()
    for call in calls {
      var last: Status?
      await #expect(throws: RPCError.self) {
        while let status = try await next(call) {
          #expect(status != last)
          last = status
        }
      }
      #expect(last == .notServing)
    }
  }
}
