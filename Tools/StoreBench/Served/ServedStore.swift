import Foundation
import RPCTransportHTTP2
import SafeMobilityClient
import Trials

/// A `pasarela-server` on a store, as it is run for good but for TLS.
struct ServedStore {
  private let process: ServerProcess
  /// Where it listens.
  let target: String

  /// Starts it, on one core where that is said.
  init(_ place: StorePlace, core: Int? = nil) throws {
    process = try Self.start(
      "pasarela-server",
      ["--listen", "127.0.0.1:0", "--insecure", "--grace", "5"] + place.serverArguments, core: core)
    target = try process.waitUntilListening(timeout: 120)
  }

  /// SIGTERM.
  func stop() throws {
    let code = try process.stop()
    guard code == 0 else {
      throw TrialFailure("the server ended with \(code): \(process.standardError)")
    }
  }

  /// What it has cost so far.
  var cpuSeconds: Double { CPUTime.seconds(of: process.pid) }

  /// One of our programs, which lie beside this one.
  static func start(_ program: String, _ arguments: [String], core: Int?) throws -> ServerProcess {
    let path = ServerProcess.directory.appendingPathComponent(program).path
    guard let core else { return try ServerProcess(at: URL(filePath: path), arguments) }
    return try ServerProcess(
      at: URL(filePath: "/usr/bin/taskset"), ["-c", "\(core)", path] + arguments)
  }
}

/// CPU time as the kernel counts it.
enum CPUTime {
  /// The kernel's ticks in a second, which have been 100 on Linux for every architecture of ours.
  private static let ticksPerSecond = 100.0

  /// User and system time of a process, all its threads together; 0 when there is none.
  static func seconds(of pid: Int32) -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    // The name, in brackets, may hold spaces.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return 0
    }
    return (user + system) / ticksPerSecond
  }
}
