import Foundation
import Glibc

/// What a process costs, from /proc.
struct ProcessMeasure {
  /// Memory in use now, and at most since `resetPeak`.
  var residentKiB: Int
  var peakKiB: Int
  /// Processor time since its start, of all threads.
  var cpuSeconds: Double

  init(of pid: Int32) throws {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    func kibibytes(_ name: String) throws -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first,
        let value = Int(number)
      else { throw Unreadable(what: name) }
      return value
    }
    residentKiB = try kibibytes("VmRSS")
    peakKiB = try kibibytes("VmHWM")
    cpuSeconds = try Self.cpuSeconds(in: "/proc/\(pid)/stat")
  }

  /// The system's number of the thread that asks.
  static var currentThread: Int32? {
    // The link is PID/task/TID.
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
    return link.flatMap { Int32($0.split(separator: "/").last ?? "") }
  }

  /// Processor time of one thread of this process since the thread's start.
  static func cpuSeconds(ofThread thread: Int32) throws -> Double {
    try cpuSeconds(in: "/proc/self/task/\(thread)/stat")
  }

  /// Processor time of a process since its start, of all threads, when it is gone; blocks until then. What it
  /// takes in its last milliseconds is not seen.
  static func cpuSecondsUntilGone(_ pid: Int32) -> Double {
    var last = 0.0
    // A process that has ended and that nobody has asked for keeps its count.
    while let now = try? cpuSeconds(in: "/proc/\(pid)/stat") {
      last = now
      usleep(2_000)
    }
    return last
  }

  private static func cpuSeconds(in path: String) throws -> Double {
    let stat = try String(contentsOfFile: path, encoding: .utf8)
    // The second field is a name in parentheses that may hold anything; count from behind it.
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
    guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
      throw Unreadable(what: path)
    }
    return Double(user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Begins the peak anew at what is in use (proc(5), clear_refs).
  static func resetPeak(of pid: Int32) throws {
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/\(pid)/clear_refs"))
  }

  struct Unreadable: Error {
    let what: String
  }
}
