/// A connection that is read frame by frame, as they come, for what a proper client would not look at.
///
/// It answers nothing by itself.
public final class RawConnection {
  /// A frame as it came.
  public struct Frame: Sendable, Hashable {
    public var type: UInt8
    public var flags: UInt8
    public var id: Int32
    public var payload: [UInt8]

    public var isData: Bool { type == 0 }
    public var isHeaders: Bool { type == 1 }
    public var isReset: Bool { type == 3 }
    public var isSettings: Bool { type == 4 }
    public var isPing: Bool { type == 6 }
    public var isGoAway: Bool { type == 7 }
    /// The bit that SETTINGS and PING have where HEADERS and DATA have the end of the stream.
    public var isAcknowledgement: Bool { flags & 1 != 0 }
    public var endsStream: Bool { (isData || isHeaders) && flags & 1 != 0 }

    /// The error code of a RST_STREAM or a GOAWAY.
    public var code: UInt32? { isReset ? number(at: 0) : isGoAway ? number(at: 4) : nil }
    /// The last stream that a GOAWAY names.
    public var lastStreamID: UInt32? { isGoAway ? number(at: 0) : nil }
    /// What a GOAWAY says beside its code.
    public var debugText: String { String(decoding: payload.dropFirst(8), as: UTF8.self) }

    private func number(at start: Int) -> UInt32? {
      guard payload.count >= start + 4 else { return nil }
      return payload[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  public let socket: RawSocket
  /// Reads that brought bytes.
  public private(set) var readCount = 0
  /// The server has closed, or broken, the connection.
  public private(set) var isClosed = false
  private var unread: [UInt8] = []

  /// Takes a socket on which nothing was said.
  public init(_ socket: RawSocket) {
    self.socket = socket
  }

  /// Connects, and exchanges SETTINGS: ours are `settings`.
  public convenience init(port: Int, settings: [UInt8] = RawFrames.settings) throws {
    self.init(try RawSocket(port: port))
    try begin(settings: settings)
  }

  /// Exchanges SETTINGS.
  public func begin(settings: [UInt8] = RawFrames.settings) throws {
    try socket.send(RawFrames.preface + settings)
    _ = try first { $0.isSettings && !$0.isAcknowledgement }
    try socket.send(RawFrames.settingsAcknowledgement)
    _ = try first { $0.isSettings && $0.isAcknowledgement }
  }

  /// Reads what a client begins with, and says nothing to it.
  ///
  /// - Returns: whether it was HTTP/2's preface
  public func takePreface(within limit: Duration = .seconds(10)) throws -> Bool {
    let end = ContinuousClock.now + limit
    while unread.count < RawFrames.preface.count, !isClosed { try read(before: end) }
    guard unread.starts(with: RawFrames.preface) else { return false }
    unread.removeFirst(RawFrames.preface.count)
    return true
  }

  /// The next frame; nil when the server has closed.
  ///
  /// - Throws: `RawSocket.Failure` when none has come by `end`
  public func next(before end: ContinuousClock.Instant) throws -> Frame? {
    while true {
      if let frame = takeFrame() { return frame }
      if isClosed { return nil }
      try read(before: end)
    }
  }

  private func read(before end: ContinuousClock.Instant) throws {
    let left = ContinuousClock.now.duration(to: end)
    let milliseconds =
      left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
    let bytes = try socket.receive(withinMilliseconds: Int32(clamping: max(0, milliseconds)))
    if bytes.isEmpty { isClosed = true } else { readCount += 1 }
    unread += bytes
  }

  /// The next frame for which `holds`; others are dropped. Nil when the server has closed.
  public func first(
    within limit: Duration = .seconds(10), where holds: (Frame) -> Bool
  ) throws -> Frame? {
    let end = ContinuousClock.now + limit
    while let frame = try next(before: end) {
      if holds(frame) { return frame }
    }
    return nil
  }

  /// All frames up to the server's closing.
  public func rest(within limit: Duration = .seconds(10)) throws -> [Frame] {
    let end = ContinuousClock.now + limit
    var frames: [Frame] = []
    while let frame = try next(before: end) { frames.append(frame) }
    return frames
  }

  /// All frames up to the answer to a PING that is sent now.
  public func frames(beforePong mark: UInt8, within limit: Duration = .seconds(10)) throws
    -> [Frame]
  {
    try socket.send(RawFrames.ping(mark))
    let end = ContinuousClock.now + limit
    var frames: [Frame] = []
    while let frame = try next(before: end) {
      if frame.isPing, frame.isAcknowledgement, frame.payload.last == mark { return frames }
      frames.append(frame)
    }
    throw RawSocket.Failure(what: "closed before a PING was answered, after \(frames)")
  }

  private func takeFrame() -> Frame? {
    guard unread.count >= 9 else { return nil }
    let length = unread[..<3].reduce(0) { $0 << 8 | Int($1) }
    guard unread.count >= 9 + length else { return nil }
    let id = unread[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let frame = Frame(
      type: unread[3], flags: unread[4], id: Int32(bitPattern: id),
      payload: Array(unread[9..<9 + length]))
    unread.removeFirst(9 + length)
    return frame
  }
}
