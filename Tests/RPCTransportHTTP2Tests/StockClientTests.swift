import CallSuite
import Foundation
import RPCCore
import RPCTransportHTTP2
import Testing

/// grpcio, which nobody here wrote, as the client of our server.
@Suite("a stock gRPC client")
struct StockClientTests {
  @Test("is served over plaintext")
  func plaintext() async throws {
    let said = try await ServerUnderTest.with(CallWorld().router) { address, _ in
      try await Self.run([address.description])
    }
    #expect(said == "all held\n")
  }

  @Test("is served over mutual TLS")
  func mutualTLS() async throws {
    let certificates = try Certificates.shared.get()
    let client = certificates.client
    let files = try [
      #require(client.trustRootsPath), #require(client.certificatePath),
      #require(client.privateKeyPath), #require(client.serverName),
    ]
    let said = try await ServerUnderTest.with(CallWorld().router, tls: certificates.server) {
      address, _ in
      try await Self.run([address.description] + files)
    }
    #expect(said == "all held\n")
  }

  /// Runs the script and returns what it prints; what goes wrong in it goes to standard error.
  @concurrent
  private static func run(_ arguments: [String]) async throws -> String {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Python/stock_client.py")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try python())
    process.arguments = [script.path] + arguments
    let output = Pipe()
    process.standardOutput = output
    let ended = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
    try process.run()
    let limit = Task {
      try await Task.sleep(for: .seconds(60))
      process.terminate()
    }
    for await status in ended.stream {
      limit.cancel()
      let said = try output.fileHandleForReading.readToEnd() ?? Data()
      return status == 0 ? String(decoding: said, as: UTF8.self) : "ended with \(status)"
    }
    return "was cancelled"
  }

  private static func python() throws -> String {
    let environment = ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = environment ?? top.appendingPathComponent(".build-tools/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw NoPython(description: "there is no Python with grpcio: run Tools/test, which makes one")
    }
    return path
  }

  private struct NoPython: Error, CustomStringConvertible {
    let description: String
  }
}
