import HTTP2

/// The server's side of a connection, for scripts that write their answers frame by frame, right or wrong.
///
/// It reads requests properly, acknowledges SETTINGS and PINGs as long as it reads, and says nothing else by itself.
/// Every wait is bounded, and ends with ``Gone`` when the client goes. Belongs to one thread.
public final class RawServed {
  /// A request as far as it has come.
  public struct Request: Sendable {
    public var id: Int32
    public var fields: [String: String] = [:]
    /// The fields' names in the order of the wire.
    public var names: [String] = []
    public var body: [UInt8] = []
    public var isEnded = false
    /// The code of the client's RST_STREAM.
    public var resetCode: UInt32?

    /// The messages of the body that are complete, without their prefixes.
    public var messages: [[UInt8]] {
      var rest = body[...]
      var messages: [[UInt8]] = []
      while rest.count >= 5 {
        let count = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 5 + count else { break }
        messages.append(Array(rest.dropFirst(5).prefix(count)))
        rest = rest.dropFirst(5 + count)
      }
      return messages
    }
  }

  /// The client has closed the connection.
  public struct Gone: Error {}

  /// Which of the server's connections this is, from 0.
  public let index: Int
  /// Requests in the order they came.
  public private(set) var requests: [Request] = []
  /// Frames that are no part of a request and no acknowledgement of SETTINGS.
  public private(set) var others: [RawConnection.Frame] = []
  private let connection: RawConnection
  private let decoder: HTTP2Session
  private var takenCount = 0
  private var endedTakenIDs: Set<Int32> = []

  /// Takes a socket over on which nothing was said.
  public init(_ socket: RawSocket, index: Int) throws {
    self.index = index
    connection = RawConnection(socket)
    var limits = HTTP2Limits()
    limits.concurrentStreamCountMax = 100_000
    limits.headerListByteCountMax = 1 << 20
    decoder = try HTTP2Session(role: .server, limits: limits)
  }

  /// Reads the preface and sends `settings`, empty ones by default.
  public func begin(settings: [UInt8] = RawFrames.settings) throws {
    guard try connection.takePreface() else { throw Gone() }
    try decode(RawFrames.preface + RawFrames.settings)
    try send(settings)
  }

  /// Sends frames.
  public func send(_ bytes: [UInt8]) throws { try connection.socket.send(bytes) }

  /// Closes the connection as it is.
  public func close() { connection.socket.shutDown() }

  // MARK: Reading

  /// The next request, complete.
  public func request() throws -> Request {
    func next() -> Int? {
      requests.firstIndex { $0.isEnded && !endedTakenIDs.contains($0.id) }
    }
    try read { next() != nil }
    let request = requests[next() ?? 0]
    endedTakenIDs.insert(request.id)
    return request
  }

  /// The next request as soon as its head is there.
  public func head() throws -> Request {
    try read { requests.count > takenCount }
    takenCount += 1
    return requests[takenCount - 1]
  }

  /// The request on a stream as it is now.
  public func request(_ id: Int32) -> Request {
    requests.first { $0.id == id } ?? Request(id: id)
  }

  /// The code by which the client resets a stream.
  public func reset(of id: Int32) throws -> UInt32? {
    try read { request(id).resetCode != nil }
    return request(id).resetCode
  }

  /// Whether the client acknowledges a PING that is sent now; that it has read all before it.
  public func ping(_ mark: UInt8) throws {
    try send(RawFrames.ping(mark))
    try read { others.contains { $0.isPing && $0.isAcknowledgement && $0.payload.last == mark } }
  }

  /// Reads until it holds.
  ///
  /// - Throws: ``Gone``, and `RawSocket.Failure` when it does not come to hold in time
  public func read(within limit: Duration = .seconds(10), until holds: () -> Bool) throws {
    let end = ContinuousClock.now + limit
    while !holds() {
      guard let frame = try connection.next(before: end) else { throw Gone() }
      try note(frame)
    }
  }

  /// Reads until the client closes.
  public func untilGone(within limit: Duration = .seconds(20)) throws {
    do { try read(within: limit) { false } } catch is Gone {}
  }

  private func note(_ frame: RawConnection.Frame) throws {
    switch frame.type {
    case 0:
      change(frame.id) { $0.body += frame.payload }
    case 1, 9:
      try decode(RawFrames.frame(frame.type, flags: frame.flags, id: frame.id, frame.payload))
    case 3:
      change(frame.id) { $0.resetCode = frame.code }
    case 4:
      if !frame.isAcknowledgement { try? send(RawFrames.settingsAcknowledgement) }
    case 6 where !frame.isAcknowledgement:
      others.append(frame)
      try? send(RawFrames.frame(6, flags: 1, frame.payload))
    default:
      others.append(frame)
    }
    if frame.endsStream { change(frame.id) { $0.isEnded = true } }
  }

  private func change(_ id: Int32, _ change: (inout Request) -> Void) {
    guard let index = requests.firstIndex(where: { $0.id == id }) else { return }
    change(&requests[index])
  }

  /// Header lists are read by a session that is shown nothing else, and whose words nobody hears.
  private func decode(_ bytes: [UInt8]) throws {
    // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
    unsafe try decoder.receive(bytes.span.bytes, nowNanoseconds: 0)
    decoder.handleEvents { event in
      guard case .headers(let stream, _) = event else { return }
      var request = Request(id: stream.id)
      for field in stream.headers.fields {
        let name = stream.headers.name(of: field)
        request.names.append(name)
        request.fields[name] = stream.headers.value(of: field)
      }
      requests.append(request)
    }
  }
}
