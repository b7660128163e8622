import Foundation
import Trials

/// An auditor with the programs themselves: the log exported from a server that runs, and checked without it.
struct LogAuditor {
  private let world: TrialWorld
  private let folder: TemporaryFolder

  /// - Parameter folder: where the auditor keeps what it has
  init(_ world: TrialWorld, _ folder: TemporaryFolder) {
    (self.world, self.folder) = (world, folder)
  }

  /// `pasarela audit export`, into a file of its own.
  func export() throws -> String {
    let path = folder.file("log-\(UUID().uuidString).jsonl")
    let command = [
      "audit", "export", "--target", "127.0.0.1:\(world.port)", "--insecure", "--as",
      "us-prm/AUDITOR",
    ]
    let (code, output, errors) = try run("pasarela", command)
    guard code == 0 else { throw TrialFailure("export ended with \(code): \(errors)") }
    try output.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// `pasarela audit verify`: its exit code, and what it said.
  func verify(_ path: String, _ more: [String] = []) throws -> (Int32, String) {
    let key = try run("pasarela-server", ["store", "log-key"] + world.keyArguments).output
    let command = ["audit", "verify", path, "--key", key.trimmingCharacters(in: .newlines)]
    let (code, output, errors) = try run("pasarela", command + more)
    return (code, output + errors)
  }

  /// Runs a program to its end; what it says goes through files, whole.
  private func run(
    _ program: String, _ arguments: [String]
  ) throws -> (code: Int32, output: String, errors: String) {
    let (output, errors) = (folder.file("output"), folder.file("errors"))
    let path = ServerProcess.directory.appendingPathComponent(program).path
    let process = try ServerProcess(
      at: URL(fileURLWithPath: "/bin/sh"),
      ["-c", "exec \"$0\" \"$@\" > '\(output)' 2> '\(errors)'", path] + arguments)
    let code = try process.waitForExit(timeout: 120)
    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    return (code, try text(output), try text(errors))
  }
}
