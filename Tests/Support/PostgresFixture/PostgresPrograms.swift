public import Foundation
import Glibc

/// PostgreSQL's programs as Debian lays them, run as somebody who is not root: the server refuses root.
public enum PostgresPrograms {
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

  /// A port of the address that nobody listens on.
  static func freePort(_ address: String) throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = unsafe inet_addr(address)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: the name outlives the calls, and its size is given.
    let isBound = unsafe withUnsafeMutablePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        unsafe bind(descriptor, name, size) == 0 && getsockname(descriptor, name, &size) == 0
      }
    }
    guard isBound else { throw Failure(description: "no free port of \(address)") }
    return Int(UInt16(bigEndian: name.sin_port))
  }

  /// Lets everybody in who calls at an address.
  static func letIn(_ address: String, _ file: URL) throws {
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("host all all \(address)/32 trust\n".utf8))
    try handle.close()
  }

  /// A key and a certificate for an address, which is its own authority, readable for the server.
  ///
  /// - Returns: the settings that make a server use them; the certificate's file
  public static func makeCertificate(
    for address: String, in folder: URL
  ) throws -> (settings: [String: String], certificate: String) {
    let (key, certificate) = ("\(folder.path)/server.key", "\(folder.path)/server.pem")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
      key, "-out", certificate, "-days", "2", "-subj", "/CN=database.test", "-addext",
      "subjectAltName=IP:\(address)",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(description: "openssl failed") }
    _ = try giveAway(URL(fileURLWithPath: key))
    _ = try giveAway(URL(fileURLWithPath: certificate))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    let settings = ["ssl": "on", "ssl_cert_file": certificate, "ssl_key_file": key]
    return (settings, certificate)
  }

  /// The processes that another has started.
  static func children(of parent: pid_t) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { child in
      let status = (try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)) ?? ""
      return status.contains("PPid:\t\(parent)\n")
    }
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
