import Foundation
import Trials

/// The program itself, on a terminal of its own.
enum Terminal {
  /// What a person has seen, and how it ended.
  struct Run: Decodable {
    var code: Int32
    /// All that came, with a terminal's line ends made plain.
    var seen: String

    /// The lines, without colours.
    var lines: [String] {
      seen.replacing(#/\u{1B}\[[0-9;?]*[A-Za-z]/#, with: "")
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether what was waited for has not come.
    var isUnanswered: Bool { seen.contains("(nothing more came)") }

    /// Whether anything is bold or coloured.
    var isStyled: Bool { seen.contains("\u{1B}[") }
  }

  /// What is typed, and what is waited for.
  enum Step {
    case type(String)
    case until(String)
  }

  /// The interpreter of `.build-tools`, or another that is named.
  static var python: URL {
    let top = tests.deletingLastPathComponent().deletingLastPathComponent()
    let own = top.appending(path: ".build-tools/python/bin/python").path
    return URL(filePath: ProcessInfo.processInfo.environment["PASARELA_PYTHON"] ?? own)
  }

  /// The folder of these tests.
  static var tests: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  }

  /// `pasarela` of this build.
  static var program: String { ServerProcess.directory.appending(path: "pasarela").path }

  /// Runs a program.
  static func run(
    _ words: [String], columns: Int = 80, steps: [Step] = [], environment: [String: String] = [:]
  ) async throws -> Run {
    let script = tests.appending(path: "Python/terminal.py").path
    let typed = steps.flatMap { step in
      switch step {
      case .type(let text): ["--type", text]
      case .until(let text): ["--until", text]
      }
    }
    let process = Process()
    process.executableURL = python
    process.arguments = [script, "\(columns)"] + typed + ["--"] + words
    var inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PASARELA_") }
    inherited["NO_COLOR"] = nil
    inherited["TERM"] = "xterm-256color"
    inherited["LC_ALL"] = "C.UTF-8"
    process.environment = inherited.merging(environment) { $1 }
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let handle = output.fileHandleForReading
    let bytes = try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try handle.readToEnd() ?? Data() })
      }
    }
    process.waitUntilExit()
    var run = try JSONDecoder().decode(Run.self, from: bytes)
    run.seen = run.seen.replacing("\r\n", with: "\n")
    return run
  }
}
