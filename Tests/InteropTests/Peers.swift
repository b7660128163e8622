import Foundation
import Trials

/// Other implementations of gRPC, as programs.
enum Peers {
  /// Whether the peers that need building are asked too.
  static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"

  private static let top = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Where a program of the tree is.
  static func program(_ path: String) -> URL { top.appending(path: path) }

  /// Runs a program of the tree to its end, or to the end of its time.
  ///
  /// - Returns: its exit code and standard output
  static func run(
    _ path: String, _ arguments: [String], secondsMax: Int
  ) async throws -> (status: Int32?, said: String) {
    let process = Process()
    // A task's thread blocks signals, and what it starts inherits that: then neither the limit below could end the
    // program, nor the program what it starts.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["--default-signal", program(path).path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PASARELA_INTEROP": ServerProcess.directory.appending(path: "pasarela-interop").path
    ]) { _, ours in ours }
    let output = Pipe()
    process.standardOutput = output
    let ended = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.continuation.yield($0.terminationStatus) }
    try process.run()
    let limit = Task {
      try await Task.sleep(for: .seconds(secondsMax))
      process.terminate()
    }
    var status: Int32?
    for await each in ended.stream {
      status = each
      break
    }
    limit.cancel()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    return (status, String(decoding: said, as: UTF8.self))
  }
}
