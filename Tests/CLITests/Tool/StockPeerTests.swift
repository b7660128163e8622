import Foundation
import Glibc
import Testing
import Trials

@testable import CLI

/// The tool against servers by other hands, and the program itself when Ctrl-C comes.
@Suite("The tool and stock peers", .timeLimit(.minutes(3))) struct StockPeerTests {
  private static func python(_ script: String) throws -> ServerProcess {
    let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let own = top.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: ".build-tools/python/bin/python").path
    let python = ProcessInfo.processInfo.environment["PASARELA_PYTHON"] ?? own
    return try ServerProcess(
      at: URL(filePath: python), [top.appending(path: "Python/\(script)").path])
  }

  @Test("a server of grpcio tells its schema, and is called by it")
  func grpcio() async throws {
    let server = try Self.python("stock_server.py")
    let address = try server.waitUntilListening()
    var world = CommandWorld()
    world.isConnecting = true
    world.environment = [:]
    let services = await world.run(["ls", "-plaintext", address])
    #expect(services.output.contains("grpc.health.v1.Health\n"), "\(services.errors)")
    let text = await world.run([
      "describe", "-plaintext", address, "grpc.health.v1.HealthCheckResponse",
    ])
    #expect(text.output.contains("SERVICE_UNKNOWN = 3;"), "\(text.errors)")
    let check = await world.run([
      "call", "-plaintext", "-d", #"{"service": "stock.No"}"#, "-o", "value=status", address,
      "Health/Check",
    ])
    #expect(check.output == "NOT_SERVING\n", "\(check.errors)")
    let health = await world.run(["health", "-plaintext", address, "stock.Yes"])
    #expect(health.output == "SERVING\n", "\(health.errors)")
    server.kill()
  }

  @Test("a dry run shows what another's server is sent, header for header and byte for byte")
  func dryRunIsTrue() async throws {
    let server = try Self.python("silent_server.py")
    let address = try server.waitUntilListening()
    var world = CommandWorld()
    world.isConnecting = true
    world.environment = [:]
    let line = [
      "call", "-plaintext", "-H", "x-team: pilot", "-H", "x-key-bin: AQID", "--timeout", "1s", "-d",
      #"{"service": "a.B"}"#, address, "grpc.health.v1.Health/Check",
    ]
    let dry = await world.run(line + ["--dry-run"])
    #expect(dry.code == 0, "\(dry.errors)")
    #expect(server.standardError.isEmpty)
    let real = await world.run(line)
    #expect(real.code == 64 + 4)
    let sent = try await lines(of: server) { $0.contains { $0.hasPrefix("reset") } }
    func comparable(_ headers: [String]) -> Set<String> {
      // The time that is left differs by what has passed.
      Set(headers.filter { !$0.hasPrefix("grpc-timeout") && !$0.hasPrefix("user-agent") })
    }
    let headers = sent.filter { $0.hasPrefix("header ") }.map { String($0.dropFirst(7)) }
    let shown = dry.output.split(separator: "\n").map(String.init)
    #expect(comparable(headers) == comparable(shown.filter { !$0.hasPrefix("message:") }))
    #expect(shown.contains("grpc-timeout: 1000000u"))
    let data = try #require(sent.first { $0.hasPrefix("data ") })
    let message = try #require(shown.last?.dropFirst("message:".count).filter { $0 != " " })
    #expect(data == "data " + message)
    server.kill()
  }

  @Test(
    "Ctrl-C resets the call's stream with CANCEL before the program ends, with 65",
    arguments: ["Check", "Watch"])
  func interrupted(method: String) async throws {
    let server = try Self.python("silent_server.py")
    let address = try server.waitUntilListening()
    let program = try ServerProcess(
      "pasarela",
      [
        "call", "-plaintext", "-d", #"{"service": "a.B"}"#, address,
        "grpc.health.v1.Health/\(method)",
      ])
    _ = try await lines(of: server) { $0.contains("ended") }
    Glibc.kill(program.pid, SIGINT)
    #expect(try program.waitForExit(timeout: 20) == 64 + 1)
    #expect(program.standardError.contains("CANCELLED"), "\(program.standardError)")
    let heard = try await lines(of: server) { $0.contains("closed") }
    let reset = try #require(heard.firstIndex(of: "reset 8"), "\(heard)")
    let closed = try #require(heard.firstIndex(of: "closed"))
    #expect(reset < closed)
    server.kill()
  }

  @Test("without protoc, -proto says what to do")
  func withoutProtoc() throws {
    let program = try ServerProcess(
      "pasarela", ["ls", "-proto", "a.proto"], environment: ["PATH": "/nowhere"])
    #expect(try program.waitForExit(timeout: 20) == 1)
    #expect(program.standardError.contains("protobuf-compiler"), "\(program.standardError)")
    #expect(program.standardError.contains("-protoset"))
  }

  /// What a server has said, once it is all that is waited for.
  private func lines(
    of server: ServerProcess, until isEnough: ([String]) -> Bool
  ) async throws -> [String] {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
      let lines = server.standardError.split(separator: "\n").map(String.init)
      if isEnough(lines) { return lines }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw TrialFailure("the server did not say what was waited for: \(server.standardError)")
  }
}
