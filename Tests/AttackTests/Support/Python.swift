import Foundation

/// Python with grpcio, which the bootstrap installs.
enum Python {
  /// Runs a program text and returns what it prints; what goes wrong in it goes to standard error.
  static func run(
    _ text: String, _ arguments: [String], timeout: Duration = .seconds(120)
  ) async throws -> String {
    let environment = ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = environment ?? top.appendingPathComponent(".build-tools/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw AttackFailure("there is no Python with grpcio: run Tools/test, which makes one")
    }
    return try await Program.run(path, ["-c", text] + arguments, timeout: timeout)
  }
}

/// Another program, run to its end.
enum Program {
  /// Runs it and returns what it prints, to either stream when asked.
  ///
  /// - Parameter mergesErrors: standard error is part of what is returned, and so is a failure's output
  static func run(
    _ path: String, _ arguments: [String], input: String? = nil, mergesErrors: Bool = false,
    timeout: Duration = .seconds(60)
  ) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    if mergesErrors { process.standardError = output }
    let source = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : source
    try process.run()
    if let input { try source.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    let limit = Task {
      try await Task.sleep(for: timeout)
      process.terminate()
    }
    let handle = output.fileHandleForReading
    let said = try await Blocking.run { try handle.readToEnd() ?? Data() }.get()
    process.waitUntilExit()
    limit.cancel()
    let status = process.terminationStatus
    guard status == 0 || mergesErrors else { throw AttackFailure("\(path) ended with \(status)") }
    return String(decoding: said, as: UTF8.self)
  }
}
