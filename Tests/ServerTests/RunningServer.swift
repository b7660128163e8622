import Foundation
import Synchronization

/// The real `pasarela-server`, started for a test: beside the test bundle, on loopback.
///
/// `@unchecked Sendable`: `Process` is only asked to start, to end and whether it runs.
final class RunningServer: @unchecked Sendable {
  private let process = Process()
  private let output = Pipe()
  private let errors: URL

  /// Starts it, or another program of this build.
  convenience init(
    _ arguments: [String], in folder: URL, program: String = "pasarela-server",
    environment: [String: String] = [:]
  ) throws {
    try self.init(at: Self.executable(program), arguments, in: folder, environment: environment)
  }

  /// Starts any program; what it says of errors goes to a file, so that no pipe fills up.
  init(
    at program: URL, _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws {
    errors = folder.appending(path: "stderr-\(UUID().uuidString)")
    try Data().write(to: errors)
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  deinit {
    // A test that failed leaves nothing running.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Beside the test bundle, where the build puts both.
  static func executable(_ name: String) -> URL {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let path = bundle?.bundleURL ?? URL(filePath: CommandLine.arguments[0])
    return path.deletingLastPathComponent().appending(path: name)
  }

  /// The next line on standard output; empty once it is closed.
  func line() -> String {
    var bytes = Data()
    while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
      if byte == Data("\n".utf8) { break }
      bytes += byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What it said of errors so far.
  var said: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

  /// What it was started with in its environment, as the system has it now.
  var environment: String {
    let path = "/proc/\(process.processIdentifier)/environ"
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Its id.
  var processID: Int32 { process.processIdentifier }

  /// Sends a signal to this one process.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Its exit code; nil, and an end by force, after ten seconds.
  func exitCode() async throws -> Int32? {
    let deadline = ContinuousClock.now + .seconds(10)
    while process.isRunning {
      guard ContinuousClock.now < deadline else {
        signal(SIGKILL)
        return nil
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }
}

/// A folder of a test's own, gone with it.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "pasarela-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// `sqlite:` and a path in it.
  func store(_ name: String = "p.db") -> String { "sqlite:\(path(name))" }

  func path(_ name: String) -> String { url.appending(path: name).path }
}
