import Foundation
import Glibc

/// PostgreSQL's programs as Debian lays them, run as somebody who is not root: the server refuses root.
enum PostgresPrograms {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs a program to its end.
  static func run(_ program: String, _ arguments: [String], as user: String?) throws {
    let process = Process()
    let errors = Pipe()
    let command = try command(program, arguments, as: user)
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    try process.run()
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(program): \(String(decoding: text, as: UTF8.self))")
    }
  }

  /// The command line of a program.
  static func command(_ program: String, _ arguments: [String], as user: String?) throws -> [String]
  {
    let path = try folder.appendingPathComponent(program).path
    guard let user else { return [path] + arguments }
    return ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups", path]
      + arguments
  }

  /// Makes a folder belong to somebody who is not root; nil when we are not root ourselves.
  static func giveAway(_ folder: URL) throws -> String? {
    guard geteuid() == 0 else { return nil }
    // SAFETY: the entry is read before anybody asks for another; the path is lent for the call alone.
    guard let entry = unsafe getpwnam("postgres") else {
      throw Failure(description: "there is no user `postgres`; Tools/bootstrap installs PostgreSQL")
    }
    let (user, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
    guard unsafe chown(folder.path, user, group) == 0 else {
      throw Failure(description: "cannot give \(folder.path) to `postgres`")
    }
    return "postgres"
  }

  /// The newest version on this machine; ours needs 15.
  private static var folder: URL {
    get throws {
      let root = URL(fileURLWithPath: "/usr/lib/postgresql")
      let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
      guard let newest = versions.compactMap(Int.init).max(), newest >= 15 else {
        throw Failure(
          description: "no PostgreSQL >= 15 in \(root.path); Tools/bootstrap installs it")
      }
      return root.appendingPathComponent("\(newest)/bin")
    }
  }
}
