import Foundation
import ServiceFixture
import Storage
import Testing

/// grpcio's own client watches referrals of the real server, before and after a restart.
@Suite("Watching the server with a stock client", .serialized, .timeLimit(.minutes(3)))
struct WatchTests {
  @Test(
    "it hears each change, of the end by UNAVAILABLE, and goes on at the next server where it was",
    arguments: ["watch_referrals.py", "exchange_referrals.py"])
  func stockClient(_ script: String) async throws {
    let folder = try TemporaryFolder()
    let world = try await World(.sqlite)
    try await world.send(try await world.referralDraft())
    let store = try #require(world.storePath)
    try await world.store.close()
    try Data(0..<32).write(to: folder.url.appending(path: "key"))
    let arguments = [
      "--listen", "127.0.0.1:0", "--insecure", "--timer-interval", "0", "--store",
      "sqlite:\(store)", "--key-file", folder.path("key"),
    ]
    let first = try RunningServer(arguments, in: folder.url)
    let token = try await say(script, folder, first, "begin", "\(first.processID)")
    #expect(try await first.exitCode() == 0, "\(first.said)")
    let second = try RunningServer(arguments, in: folder.url)
    #expect(try await say(script, folder, second, "resume", token) == "all held")
    second.signal(SIGTERM)
    #expect(try await second.exitCode() == 0, "\(second.said)")
    withExtendedLifetime(world) {}
  }

  /// What the script prints, against a server that listens.
  private func say(
    _ script: String, _ folder: TemporaryFolder, _ server: RunningServer, _ phase: String,
    _ argument: String
  ) async throws -> String {
    let address = String(server.line().dropFirst("listening on ".count))
    let process = Process()
    process.executableURL = StockPython.executable
    process.arguments = [
      StockPython.top.appending(path: "Tests/ServerTests/Python/\(script)").path,
      folder.url.path, address, phase, argument,
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
