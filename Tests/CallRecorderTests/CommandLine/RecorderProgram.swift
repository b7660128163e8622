import CallRecorder
import Foundation
import KitchenSink
import Protobuf
import RPCTransportHTTP2
import Trials

/// `pasarela` and Python as a person runs them.
enum RecorderProgram {
  /// A program that has come to its end.
  struct Ended: Sendable {
    var code: Int32
    var output: String
    var errors: String
  }

  /// A verb that serves until it is stopped.
  final class Serving: Sendable {
    let process: ServerProcess
    let endpoint: Endpoint

    init(_ arguments: [String]) throws {
      process = try ServerProcess("pasarela", arguments)
      let address = try process.waitUntilListening()
      guard let endpoint = Endpoint(address) else { throw TrialFailure("no address: \(address)") }
      self.endpoint = endpoint
    }

    /// Sends a signal, and says what the program said before it ended.
    func stop(by signal: Int32 = SIGINT) throws -> Ended {
      kill(process.pid, signal)
      let code = try process.waitForExit()
      // The last words come through a pipe, which may be behind the end.
      let end = ContinuousClock.now + .seconds(2)
      while process.standardError.isEmpty, ContinuousClock.now < end { usleep(10_000) }
      return Ended(code: code, output: "", errors: process.standardError)
    }
  }

  /// Runs `pasarela` to its end.
  @concurrent
  static func run(_ arguments: [String]) async throws -> Ended {
    try finish(ServerProcess.directory.appendingPathComponent("pasarela"), arguments)
  }

  /// Runs a script of `Python/` to its end; its lines.
  @concurrent
  static func python(_ script: String, _ arguments: [String]) async throws -> [String] {
    let path = folder.appendingPathComponent("Python/\(script)").path
    let ended = try finish(try program("python"), [path] + arguments)
    guard ended.code == 0 else { throw TrialFailure("\(script): \(ended.errors)") }
    return ended.output.split(separator: "\n").map(String.init)
  }

  /// Runs `protoc` to its end, so that it writes what files of an include folder declare.
  @concurrent
  static func protoc(_ include: String, _ file: String, to path: String) async throws {
    let ended = try finish(
      URL(fileURLWithPath: "/usr/bin/protoc"),
      ["-I", include, "--include_imports", "--descriptor_set_out", path, file])
    guard ended.code == 0 else { throw TrialFailure("protoc: \(ended.errors)") }
  }

  /// Writes the kitchen's schema where a person would have it from protoc.
  static func writeKitchen(to path: String) throws {
    let files = try (GoogleProtobuf.fileDescriptors + KitchenV1.fileDescriptors).map {
      try GoogleProtobuf.FileDescriptorProto(serializedBytes: $0.serializedBytes)
    }
    let set = GoogleProtobuf.FileDescriptorSet.with { $0.file = files }
    try Data(set.serializedBytes()).write(to: URL(fileURLWithPath: path))
  }

  /// The bytes of a file.
  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func program(_ name: String) throws -> URL {
    let top = folder.deletingLastPathComponent().deletingLastPathComponent()
    let python =
      ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
      ?? top.appendingPathComponent(".build-tools/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw TrialFailure("there is no \(name) with gRPC: run Tools/test, which makes it")
    }
    return URL(fileURLWithPath: python)
  }

  private static func finish(_ program: URL, _ arguments: [String]) throws -> Ended {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // What is said to standard error fits into a pipe.
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Ended(
      code: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }
}
