internal import Glibc

/// What Linux knows of this process.
///
/// Source: proc(5). A fact that cannot be read is nil.
struct ProcessFacts {
  /// Processor time used, in seconds.
  var cpuSeconds: Double?
  /// Memory in use, in bytes.
  var residentByteCount: Int64?
  /// Address space, in bytes.
  var virtualByteCount: Int64?
  /// File descriptors in use.
  var openDescriptorCount: Int64?
  /// File descriptors that the process may have.
  var descriptorCountMax: Int64?
  /// When it started, in seconds since 1970.
  var startSeconds: Double?

  /// The facts of now.
  static func read() -> ProcessFacts {
    let memory = text(of: "/proc/self/statm").map { $0.split(separator: " ") } ?? []
    let pageByteCount = Int64(sysconf(Int32(_SC_PAGESIZE)))
    return ProcessFacts(
      cpuSeconds: readCPUSeconds(),
      residentByteCount: memory.count > 1 ? Int64(memory[1]).map { $0 * pageByteCount } : nil,
      virtualByteCount: memory.first.flatMap { Int64($0) }.map { $0 * pageByteCount },
      openDescriptorCount: countDescriptors(), descriptorCountMax: readDescriptorCountMax(),
      startSeconds: readStartSeconds())
  }

  // SAFETY, for the four: each struct is this function's own and lent for the one call; a directory
  // stream is closed by who opened it, and an entry is not touched after the next is read.
  private static func readCPUSeconds() -> Double? {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func readDescriptorCountMax() -> Int64? {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return nil
    }
    return Int64(clamping: limit.rlim_cur)
  }

  private static func countDescriptors() -> Int64? {
    guard let directory = unsafe opendir("/proc/self/fd") else { return nil }
    defer { unsafe closedir(directory) }
    var count: Int64 = 0
    while unsafe readdir(directory) != nil { count += 1 }
    // Without ".", ".." and the directory itself.
    return max(0, count - 3)
  }

  /// Ticks since the machine started, the 22nd field, beside when that was.
  private static func readStartSeconds() -> Double? {
    // The second field is the program's name in parentheses and may hold anything.
    guard let status = text(of: "/proc/self/stat"), let close = status.lastIndex(of: ")"),
      let boot = text(of: "/proc/stat")?.split(separator: "\n").first(where: {
        $0.hasPrefix("btime ")
      }), let bootSeconds = Double(boot.dropFirst("btime ".count))
    else { return nil }
    let fields = status[status.index(after: close)...].split(separator: " ")
    guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
    return bootSeconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// A file of /proc, which has no length; nil when it cannot be read or is over a megabyte.
  private static func text(of path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 20 {
      // SAFETY: the kernel writes at most the length of the array lent to it.
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      guard count > 0 else { return nil }
      bytes.append(contentsOf: chunk[..<count])
    }
    return nil
  }
}
