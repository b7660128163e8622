import Foundation
import Glibc

/// Python with grpcio, which the bootstrap installs.
enum Python {
  /// Runs a program text and returns what it prints; what goes wrong in it goes to standard error.
  static func run(
    _ text: String, _ arguments: [String], timeout: Duration = .seconds(120)
  ) async throws -> String {
    try await Program.run(path(), ["-c", text] + arguments, timeout: timeout)
  }

  static func path() throws -> String {
    let environment = ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = environment ?? top.appendingPathComponent(".build-tools/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw AttackFailure("there is no Python with grpcio: run Tools/test, which makes one")
    }
    return path
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

/// A Python program that goes on until its input ends.
///
/// `@unchecked Sendable`: belongs to one test, which ends it.
final class StockLoad: @unchecked Sendable {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ text: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: try Python.path())
    process.arguments = ["-c", text] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    // A test that throws must leave nothing running.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Shows its lines as they come, to the end of its output. Its input ends when that wants no more; the
  /// program says a line now and then.
  func readLines(_ wantsMore: (String) -> Bool) throws {
    var rest = ""
    while true {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      rest += String(decoding: data, as: UTF8.self)
      while let end = rest.firstIndex(of: "\n") {
        let line = String(rest[..<end])
        rest.removeSubrange(...end)
        if !wantsMore(line) { try? input.fileHandleForWriting.close() }
      }
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw AttackFailure("Python ended with \(process.terminationStatus)")
    }
  }

  /// Ends its input, and gives the line it then prints.
  func end(timeout: Duration = .seconds(60)) async throws -> String {
    try input.fileHandleForWriting.close()
    let limit = Task {
      try await Task.sleep(for: timeout)
      self.process.terminate()
    }
    let handle = output.fileHandleForReading
    let said = try await Blocking.run { try handle.readToEnd() ?? Data() }.get()
    process.waitUntilExit()
    limit.cancel()
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .newlines)
  }
}
