import Foundation
import RPCCore
import RPCTransportHTTP2
import Testing

@Suite("pasarela-interop server")
struct InteropServerTests {
  @Test("says where it listens, echoes, and ends with 0 on SIGTERM though a client is still there")
  func life() async throws {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "pasarela-interop")
    process.arguments = ["server", "--listen", "127.0.0.1:0"]
    let output = Pipe()
    process.standardOutput = output
    let ended = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
    try process.run()
    let limit = Task {
      try await Task.sleep(for: .seconds(20))
      kill(process.processIdentifier, SIGKILL)
    }
    defer { limit.cancel() }

    let line = Self.line(from: output.fileHandleForReading)
    #expect(line.hasPrefix("listening on 127.0.0.1:"))
    let endpoint = try #require(Endpoint(String(line.dropFirst("listening on ".count))))
    let channel = HTTP2Channel(target: endpoint)
    let request: [UInt8] = [0x0A, 3, 7, 8, 9]  // EchoRequest{payload: [7, 8, 9]}
    let answer = try await channel.unary(
      Self.method("Unary"), request: request, metadata: [:],
      options: CallOptions(timeout: .seconds(10)))
    #expect(answer.message == request)

    kill(process.processIdentifier, SIGTERM)
    var status: Int32?
    for await each in ended.stream {
      status = each
      break
    }
    #expect(status == 0)
    #expect(process.terminationReason == .exit)
    await channel.close()
  }

  private static func method(_ name: String) -> MethodDescriptor {
    MethodDescriptor(service: "anchor.v1.Echo", method: name, kind: .unary)
  }

  private static func line(from file: FileHandle) -> String {
    var bytes = Data()
    while let byte = try? file.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
      bytes += byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
