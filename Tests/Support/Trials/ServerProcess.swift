public import Foundation
import Glibc
import Synchronization

/// A real program started for a test: its readiness line, its end, its exit code.
///
/// `@unchecked Sendable`: `Process` is used by one test at a time; what the reader thread writes is
/// behind a lock.
public final class ServerProcess: @unchecked Sendable {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private let lines = Mutex<(out: [String], err: String)>(([], ""))
  private let arrived = DispatchSemaphore(value: 0)

  /// Starts a product of this package with arguments.
  ///
  /// - Parameter program: the executable's name; it lies beside the test bundle
  public convenience init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws {
    try self.init(
      at: Self.directory.appendingPathComponent(program), arguments, environment: environment)
  }

  /// Starts any program with arguments.
  public init(at program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    read(output) { [weak self] text in
      self?.lines.withLock { $0.out += text.split(separator: "\n").map(String.init) }
      self?.arrived.signal()
    }
    read(errors) { [weak self] text in self?.lines.withLock { $0.err += text } }
  }

  deinit {
    // A test that throws must leave nothing running.
    if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
  }

  /// The folder of the products of this build.
  public static var directory: URL {
    // The test runner is `<build>/<name>.xctest`, or a helper started with its path as argument.
    let bundle = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") }
    let path = bundle ?? ProcessInfo.processInfo.arguments[0]
    return URL(fileURLWithPath: path).deletingLastPathComponent()
  }

  /// The process's id, by which alone it is ended.
  public var pid: Int32 { process.processIdentifier }

  /// What the program wrote to standard error so far.
  public var standardError: String { lines.withLock { $0.err } }

  /// Waits for `listening on HOST:PORT` and gives what stands behind `on`.
  public func waitUntilListening(timeout seconds: TimeInterval = 30) throws -> String {
    let end = Date().addingTimeInterval(seconds)
    while true {
      let line = lines.withLock { $0.out.first { $0.hasPrefix("listening on ") } }
      if let line { return String(line.dropFirst("listening on ".count)) }
      guard process.isRunning, Date() < end else {
        throw TrialFailure("\(process.executableURL?.path ?? "") is not ready: \(standardError)")
      }
      _ = arrived.wait(timeout: .now() + .milliseconds(50))
    }
  }

  /// SIGKILL, as a power cut would; returns when the process is gone.
  public func kill() {
    Glibc.kill(pid, SIGKILL)
    process.waitUntilExit()
  }

  /// SIGTERM; returns the exit code.
  public func stop(timeout seconds: TimeInterval = 40) throws -> Int32 {
    process.terminate()
    return try waitForExit(timeout: seconds)
  }

  /// Waits for the program to end by itself; returns the exit code.
  public func waitForExit(timeout seconds: TimeInterval = 40) throws -> Int32 {
    let end = Date().addingTimeInterval(seconds)
    while process.isRunning {
      guard Date() < end else {
        kill()
        throw TrialFailure("the program did not end within \(seconds) s")
      }
      usleep(10_000)
    }
    return process.terminationStatus
  }

  /// The exit code of a program that ends by itself within a time; nil for one that still runs.
  public func exitCode(within time: Duration) throws -> Int32? {
    let end = ContinuousClock.now + time
    while process.isRunning {
      if ContinuousClock.now >= end { return nil }
      usleep(2_000)
    }
    return process.terminationStatus
  }

  private func read(_ pipe: Pipe, _ take: @escaping @Sendable (String) -> Void) {
    pipe.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty {
        handle.readabilityHandler = nil
      } else {
        take(String(decoding: data, as: UTF8.self))
      }
    }
  }
}

/// Why a trial could not be held.
public struct TrialFailure: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A folder of its own for one trial, removed with it.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = NSTemporaryDirectory() + "pasarela-trial-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  public func file(_ name: String) -> String { path + "/" + name }
}
