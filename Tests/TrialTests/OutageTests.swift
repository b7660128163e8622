import Foundation
import PostgresFixture
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import Testing
import Trials

/// The database goes away under a server and comes back.
@Suite("a server whose database is away", .serialized, .timeLimit(.minutes(3)))
struct OutageTests {
  private static let callCount = 3_000

  @Test("is NOT_SERVING, says UNAVAILABLE at once, holds nothing for it, and recovers by itself")
  func outage() async throws {
    let postgres = try PostgresServer()
    let world = try await TrialWorld(seed: 5, postgres: postgres)
    try world.start()
    let channel = try world.channel()
    let client = SafeMobility.ProgramServiceClient(
      TrialWorld.client(channel, as: "us-prm/PROGRAM_ADMIN", purpose: "PROCESSING"))
    #expect(await health(channel) == 1)
    let before = try await client.getProgram(.with { $0.name = "programs/gt-pilot-2023" })
    let memory = world.memory()

    postgres.kill()
    #expect(await becomes(2, channel), "health is not NOT_SERVING")
    try await expectRefusals(client)
    let growth = world.memory() - memory
    #expect(growth < 24 << 10, "grew by \(growth) KiB over \(Self.callCount) calls")

    try postgres.start()
    #expect(await becomes(1, channel), "health is not SERVING again: \(world.log())")
    let after = try await client.getProgram(.with { $0.name = "programs/gt-pilot-2023" })
    #expect(after == before)
    await channel.close()
    try world.stop()
  }

  @Test("notices one that has gone silent, and goes on when it speaks again")
  func silence() async throws {
    let postgres = try PostgresServer()
    let world = try await TrialWorld(seed: 6, postgres: postgres)
    try world.start()
    let channel = try world.channel()
    let client = SafeMobility.ProgramServiceClient(
      TrialWorld.client(channel, as: "us-prm/PROGRAM_ADMIN", purpose: "PROCESSING"))
    _ = try await client.getProgram(.with { $0.name = "programs/gt-pilot-2023" })

    try postgres.pause()
    // Whoever asks now learns it from the clock alone.
    let start = ContinuousClock.now
    let first = await failure {
      _ = try await client.getProgram(.with { $0.name = "programs/gt-pilot-2023" })
    }
    #expect(first?.code == .unavailable)
    #expect(start.duration(to: .now) < .seconds(10))
    #expect(await becomes(2, channel), "health is not NOT_SERVING")
    // One in a while waits for a connection that does not come.
    try await expectRefusals(client, within: .seconds(5))

    try postgres.resume()
    #expect(await becomes(1, channel), "health is not SERVING again: \(world.log())")
    _ = try await client.getProgram(.with { $0.name = "programs/gt-pilot-2023" })
    await channel.close()
    try world.stop()
  }

  /// Many at once: each is told within a second, and when to come again.
  private func expectRefusals(
    _ client: SafeMobility.ProgramServiceClient, within limit: Duration = .seconds(1)
  ) async throws {
    let slowest = try await withThrowingTaskGroup(of: Duration.self) { group in
      for _ in 0..<64 {
        group.addTask {
          var slowest = Duration.zero
          for _ in 0..<(Self.callCount / 64) {
            let start = ContinuousClock.now
            let error = await failure {
              _ = try await client.createIntakeWindow(
                .with {
                  $0.parent = "programs/gt-pilot-2023"
                  $0.requestId = Requests.id()
                })
            }
            #expect(error?.code == .unavailable, "\(String(describing: error))")
            slowest = max(slowest, start.duration(to: .now))
          }
          return slowest
        }
      }
      return try await group.reduce(.zero) { max($0, $1) }
    }
    #expect(slowest < limit, "the slowest answer took \(slowest)")
  }

  private func failure(_ body: () async throws -> Void) async -> RPCError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? RPCError
    }
  }

  /// Whether health becomes `status` within ten seconds.
  private func becomes(_ status: UInt8, _ channel: HTTP2Channel) async -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      if await health(channel) == status { return true }
      try? await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  /// The server's health as the number in its answer: 1 is SERVING, 2 NOT_SERVING.
  private func health(_ channel: HTTP2Channel) async -> UInt8? {
    let check = MethodDescriptor(service: "grpc.health.v1.Health", method: "Check", kind: .unary)
    let answer = try? await channel.unary(
      check, request: [], metadata: [:], options: CallOptions(timeout: .seconds(5)))
    return answer?.message.last
  }
}
