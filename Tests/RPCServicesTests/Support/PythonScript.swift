import Foundation

/// The Python environment that Tools/bootstrap makes, and what runs in it.
enum PythonScript {
  /// Runs `Python/NAME` and returns what it prints; what goes wrong in it goes to standard error.
  @concurrent
  static func run(_ name: String, _ arguments: [String]) async throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try program("python"))
    process.arguments = [folder.appendingPathComponent("Python/\(name)").path] + arguments
    let output = Pipe()
    process.standardOutput = output
    let ended = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
    try process.run()
    let limit = Task {
      try await Task.sleep(for: .seconds(120))
      process.terminate()
    }
    for await status in ended.stream {
      limit.cancel()
      let said = try output.fileHandleForReading.readToEnd() ?? Data()
      return status == 0 ? String(decoding: said, as: UTF8.self) : "ended with \(status)"
    }
    return "was cancelled"
  }

  /// The path of a program of the environment.
  static func program(_ name: String) throws -> String {
    let environment = ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let python = environment ?? top.appendingPathComponent(".build-tools/python/bin/python").path
    let path = URL(fileURLWithPath: python).deletingLastPathComponent()
      .appendingPathComponent(name).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Absent(description: "there is no \(name) with gRPC: run Tools/test, which makes it")
    }
    return path
  }

  private struct Absent: Error, CustomStringConvertible {
    let description: String
  }
}
