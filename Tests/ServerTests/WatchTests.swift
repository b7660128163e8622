import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// grpcio's own client watches referrals of the real server, before and after a restart.
@Suite("Watching the server with a stock client", .serialized, .timeLimit(.minutes(3)))
struct WatchTests {
  @Test(
    "it hears each change, of the end by UNAVAILABLE, and goes on at the next server where it was")
  func stockClient() async throws {
    let folder = try TemporaryFolder()
    let world = try await World(.sqlite)
    try await send(in: world)
    let store = try #require(world.storePath)
    try await world.store.close()
    try Data(0..<32).write(to: folder.url.appending(path: "key"))
    let arguments = [
      "--listen", "127.0.0.1:0", "--insecure", "--timer-interval", "0", "--store",
      "sqlite:\(store)", "--key-file", folder.path("key"),
    ]
    let first = try RunningServer(arguments, in: folder.url)
    let token = try await say(folder, first, "begin", "\(first.processID)")
    #expect(try await first.exitCode() == 0, "\(first.said)")
    let second = try RunningServer(arguments, in: folder.url)
    #expect(try await say(folder, second, "resume", token) == "all held")
    second.signal(SIGTERM)
    #expect(try await second.exitCode() == 0, "\(second.said)")
    withExtendedLifetime(world) {}
  }

  /// One referral that is sent to the labour ministry.
  private func send(in world: World) async throws {
    let household = try await world.household(.couple, in: .eligible)
    let id = household.registration.id
    try await world.store.write { tx in
      guard var found = try tx.registration(id) else { throw StoreError.notFound }
      let version = found.revision.version
      found.findings = [EligibilityFinding(pathway: .h2a, finding: .eligible)]
      found.revision.advance(at: tx.now)
      try tx.update(found, from: version)
    }
    for person in household.registration.persons {
      _ = try await world.consent(of: person, in: id, to: .gtMintrab, for: .h2Recruitment)
    }
    let office = world.caller("unhcr/CASEWORKER").referrals
    let draft = try #require(
      try await office.createReferral(
        .with {
          $0.referral = .with {
            $0.registration = "registrations/\(id)"
            $0.persons = household.registration.persons.map { "registrations/\(id)/persons/\($0)" }
            $0.pathway = "pathways/US-H2A"
            $0.destinationRegionCode = "US"
            $0.toPartner = "partners/gt-mintrab"
            $0.purpose = .h2Recruitment
          }
          $0.requestId = requestID()
        }
      ).referral)
    let sent = try await office.sendReferral(
      .with {
        $0.name = draft.name
        $0.etag = draft.etag
        $0.requestId = requestID()
      })
    #expect(sent.referral?.state == .sent)
  }

  /// What the script prints, against a server that listens.
  private func say(
    _ folder: TemporaryFolder, _ server: RunningServer, _ phase: String, _ argument: String
  ) async throws -> String {
    let address = String(server.line().dropFirst("listening on ".count))
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let top = here.deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(
      filePath: ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
        ?? top.appending(path: ".build-tools/python/bin/python").path)
    process.arguments = [
      here.appending(path: "Python/watch_referrals.py").path, folder.url.path, address, phase,
      argument,
    ]
    let output = Pipe()
    process.standardOutput = output
    let ended = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
    try process.run()
    for await status in ended.stream {
      let said = try output.fileHandleForReading.readToEnd() ?? Data()
      #expect(status == 0, "\(server.said)")
      return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return ""
  }
}
