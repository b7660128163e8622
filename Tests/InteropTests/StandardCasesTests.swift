import Foundation
import Testing

/// The standard interoperability cases, with clients that nobody here wrote: grpcio in every run, grpc++ and
/// grpc-go in the full one, over plaintext, TLS and a unix socket.
@Suite("the standard cases")
struct StandardCasesTests {
  static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"

  @Test("every case of every client passes", .timeLimit(.minutes(isFull ? 20 : 5)))
  func cases() async throws {
    let clients = Self.isFull ? ["python", "cpp", "go"] : ["python"]
    let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let process = Process()
    process.executableURL = top.appending(path: "Tools/Peers/interop")
    process.arguments = ["ours"] + clients
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PASARELA_INTEROP": URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "pasarela-interop").path
    ]) { _, ours in ours }
    let output = Pipe()
    process.standardOutput = output
    let ended = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
    try process.run()
    let limit = Task {
      try await Task.sleep(for: .seconds(Self.isFull ? 1_100 : 280))
      process.terminate()
    }
    var status: Int32?
    for await each in ended.stream {
      status = each
      break
    }
    limit.cancel()
    let said = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(status == 0, "\(said)")
    // So that a script which runs nothing does not pass.
    let passed = said.split(separator: "\n").filter { $0.hasSuffix("21 passed") }
    #expect(passed.count == clients.count * 3, "\(said)")
  }
}
