import Glibc
import Trials

/// A port of loopback that is one server's after another.
///
/// Bound here for as long as this lives, but not listened on: a server that sets SO_REUSEADDR, as ours does,
/// may listen on it, and between two of them nobody else gets it; whoever connects then is refused.
final class ReservedPort: Sendable {
  let number: Int
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw TrialFailure("socket: \(errno)") }
    var one: Int32 = 1
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: option and address outlive the calls, and their sizes are given.
    let result = unsafe withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        let length = socklen_t(MemoryLayout<Int32>.size)
        if unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, length) != 0 {
          return errno
        }
        if unsafe bind(descriptor, name, size) != 0 { return errno }
        return unsafe getsockname(descriptor, name, &size) == 0 ? 0 : errno
      }
    }
    number = Int(UInt16(bigEndian: address.sin_port))
    guard result == 0 else { throw TrialFailure("bind: \(result)") }
  }

  deinit { _ = Glibc.close(descriptor) }
}
