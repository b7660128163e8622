import Glibc
import RawHTTP2

/// A TCP connection for ill-mannered use: it never waits longer than it is told to, it may read while it
/// writes or not read at all, and it keeps count of what the server says.
///
/// Belongs to one thread.
final class AttackSocket {
  /// How writing came to its end.
  enum Outcome: Hashable {
    /// All bytes are in the system's hands.
    case sent
    /// The server has closed.
    case closed
    /// The server takes no more, for as long as was waited.
    case stalled
  }

  /// What the server has said.
  private(set) var heard = FrameTally()
  /// The server has closed.
  private(set) var isClosed = false
  /// Is shown all bytes as they come.
  var onBytes: (([UInt8]) -> Void)?

  private let descriptor: Int32

  /// Connects to 127.0.0.1.
  ///
  /// - Parameters:
  ///   - source: the last byte of the loopback address to come from, 127.0.0.`source`
  ///   - receiveByteCount: how much the system keeps for a client that does not read; nil for its default
  init(port: Int, from source: UInt8 = 1, receiveByteCount: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw AttackFailure("socket: \(errno)") }
    if let receiveByteCount { Self.set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveByteCount) }
    // SAFETY: both functions take an address and its size, which `call` gives them.
    unsafe try Self.call(descriptor, bind, to: 0x7F00_0000 | UInt32(source), port: 0)
    unsafe try Self.call(descriptor, connect, to: 0x7F00_0001, port: port)
    Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Sends the preface and SETTINGS, and reads until the server's SETTINGS have come.
  ///
  /// - Parameter settings: entries as (id, value)
  func begin(settings: [(UInt16, UInt32)] = []) throws {
    let entries = settings.flatMap { id, value in
      [UInt8(id >> 8), UInt8(id & 0xFF)] + RawFrames.bigEndian(value)
    }
    send(RawFrames.preface + RawFrames.frame(4, entries) + RawFrames.settingsAcknowledgement)
    read(within: 10) { heard[4] > 0 }
    guard heard[4] > 0 else { throw AttackFailure("no SETTINGS came") }
  }

  /// Sends bytes, in pieces as the server takes them.
  ///
  /// - Parameters:
  ///   - isReading: takes in what the server says meanwhile
  ///   - seconds: how long the server may take nothing
  @discardableResult
  func send(_ bytes: [UInt8], isReading: Bool = true, patience seconds: Double = 10) -> Outcome {
    var sent = 0
    var lastProgress = Moment.now
    while sent < bytes.count {
      if isClosed { return .closed }
      if isReading { takeIn() }
      // SAFETY: the range lies within the array.
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(
          descriptor, buffer.baseAddress.unsafelyUnwrapped + sent, buffer.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
        lastProgress = .now
        continue
      }
      guard errno == EAGAIN else {
        takeIn()
        isClosed = true
        return .closed
      }
      if lastProgress.seconds > seconds { return .stalled }
      wait(for: Int16(POLLOUT) | (isReading ? Int16(POLLIN) : 0), milliseconds: 20)
    }
    if isReading { takeIn() }
    return .sent
  }

  /// Lets the end of this object reset the connection, instead of ending it in order.
  func breakOffAtEnd() {
    var wait = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &wait, socklen_t(MemoryLayout<linger>.size))
  }

  /// Reads until something is so, the server has closed, or the time is up; says whether it is so.
  @discardableResult
  func read(within seconds: Double, until isDone: () -> Bool = { false }) -> Bool {
    let start = Moment.now
    while true {
      takeIn()
      if isDone() { return true }
      if isClosed || start.seconds > seconds { return false }
      wait(for: Int16(POLLIN), milliseconds: 10)
    }
  }

  /// Reads until the server has closed; says whether it has in that time.
  func isClosed(within seconds: Double) -> Bool {
    read(within: seconds) { isClosed }
    return isClosed
  }

  private func takeIn() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !isClosed {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      if count > 0 {
        heard.take(buffer[..<count])
        onBytes?(Array(buffer[..<count]))
      } else if count == 0 || errno != EAGAIN {
        isClosed = true
      } else {
        return
      }
    }
  }

  private func wait(for events: Int16, milliseconds: Int32) {
    var wait = pollfd(fd: descriptor, events: events, revents: 0)
    _ = unsafe poll(&wait, 1, milliseconds)
  }

  private static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func call(
    _ descriptor: Int32,
    _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, to ip: UInt32, port: Int
  ) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = ip.bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // SAFETY: the address outlives the call, and its size is given.
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe function(descriptor, $0, size)
      }
    }
    guard result == 0 else { throw AttackFailure("bind or connect: \(errno)") }
  }
}

/// A point in time to measure from.
struct Moment {
  private let instant: ContinuousClock.Instant

  static var now: Moment { Moment(instant: .now) }

  /// Seconds since then.
  var seconds: Double { instant.duration(to: .now) / .seconds(1) }
}
