import Glibc

/// A listening socket on a free port of loopback; every wait is bounded.
public final class RawListener: Sendable {
  private let descriptor: Int32
  /// Where it listens.
  public let port: Int

  /// Listens.
  ///
  /// - Parameters:
  ///   - port: 0 for any that is free
  ///   - backlog: connections that the system takes before anybody accepts them; the system adds one
  public init(port: Int = 0, backlog: Int32 = 64) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw RawSocket.Failure(what: "socket: \(errno)") }
    self.descriptor = descriptor
    var one: Int32 = 1
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: the address outlives the calls, and its size is given.
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        if unsafe bind(descriptor, name, size) != 0 { return errno }
        if listen(descriptor, backlog) != 0 { return errno }
        return unsafe getsockname(descriptor, name, &size) == 0 ? 0 : errno
      }
    }
    guard result == 0 else {
      _ = Glibc.close(descriptor)
      throw RawSocket.Failure(what: "listen: \(result)")
    }
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { _ = Glibc.close(descriptor) }

  /// The next connection; nil once ``stop()`` was called.
  ///
  /// - Throws: `RawSocket.Failure` when none has come in time
  public func accept(withinMilliseconds limit: Int32) throws -> RawSocket? {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wait, 1, limit) > 0 else {
      throw RawSocket.Failure(what: "nobody connected within \(limit) ms")
    }
    let accepted = Glibc.accept(descriptor, nil, nil)
    return accepted < 0 ? nil : RawSocket(accepted: accepted)
  }

  /// Takes no more connections, and ends the wait for one. May be called from any thread.
  public func stop() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
}
