import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import Testing

@Suite("Rehearsals of pasarela-server", .serialized)
struct RehearsalTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func arguments(_ more: [String]) -> [String] {
    ["--listen", "127.0.0.1:0", "--store", folder.store(), "--insecure", "--load-reference"] + more
  }

  /// Starts a server, asks its clock, ends it.
  private func time(_ more: [String]) async throws -> Int64 {
    let server = try RunningServer(arguments(more), in: folder.url)
    let line = server.line()
    let endpoint = try #require(Endpoint(String(line.dropFirst("listening on ".count))))
    let channel = HTTP2Channel(endpoint: endpoint)
    let programs = SafeMobility.ProgramServiceClient(RPCClient(transport: channel))
    let status = try await programs.getIntakeStatus(
      .with { $0.name = "programs/gt-pilot-2023" }, options: CallOptions(timeout: .seconds(10)))
    await channel.close()
    server.signal(SIGTERM)
    #expect(try await server.exitCode() == 0)
    return try #require(status.serverTime?.seconds)
  }

  private func refusal(_ more: [String]) async throws -> String {
    let server = try RunningServer(arguments(more), in: folder.url)
    #expect(server.line().isEmpty)
    #expect(try await server.exitCode() == 1)
    return server.said
  }

  /// 2023-06-12T15:00:00Z.
  private let opening: Int64 = 1_686_582_000

  @Test("its clock starts when told and goes on, also over a restart, never back")
  func clock() async throws {
    let first = try await time(["--rehearsal-time", "2023-06-12T15:00:00Z"])
    #expect((opening...opening + 20).contains(first))
    let again = try await time(["--rehearsal-time", "2023-06-12T15:00:00Z"])
    #expect((first...first + 30).contains(again))
    let later = try await time(["--rehearsal-time", "2023-06-20T15:00:00Z"])
    #expect((opening + 8 * 86_400...opening + 8 * 86_400 + 20).contains(later))
    let earlier = try await time(["--rehearsal-time", "2023-06-12T15:00:00Z"])
    #expect(earlier >= later)
  }

  @Test("its store is never served with the real time")
  func marked() async throws {
    _ = try await time(["--rehearsal-time", "2023-06-12T15:00:00Z"])
    #expect(try await refusal([]).contains("--rehearsal-time"))
  }

  @Test("a real store is never served with another time")
  func unmarked() async throws {
    let now = Int64(Date().timeIntervalSince1970)
    let real = try await time([])
    #expect((now - 5...now + 30).contains(real))
    #expect(
      try await refusal(["--rehearsal-time", "2023-06-12T15:00:00Z"]).contains("no store of"))
  }

  @Test("reference data is loaded once, however often it is loaded")
  func load() async throws {
    var answers: [String] = []
    for more in [[], [], ["--sample", "7"], ["--sample", "7"]] {
      let server = try RunningServer(
        ["load", "--store", folder.store(), "--reference"] + more, in: folder.url)
      answers.append(server.line())
      #expect(try await server.exitCode() == 0, "\(server.said)")
    }
    #expect(answers[0] != "loaded 0 resources")
    #expect(answers[1] == "loaded 0 resources")
    #expect(answers[2] != "loaded 0 resources")
    #expect(answers[3] == "loaded 0 resources")
  }
}
