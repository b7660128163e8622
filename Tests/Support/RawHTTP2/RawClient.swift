import HTTP2

/// A client that writes its requests frame by frame, right or wrong, and reads answers properly.
///
/// Answers are read by a session that believes to have sent the requests itself.
public final class RawClient {
  /// What came back on one stream.
  public struct Answer: Sendable {
    public var headers: [String: String] = [:]
    public var trailers: [String: String] = [:]
    public var body: [UInt8] = []
    public var resetCode: UInt32?
    public var isComplete = false

    /// `grpc-status`, wherever it stood.
    public var status: String? { trailers["grpc-status"] ?? headers["grpc-status"] }
    /// `grpc-message`, wherever it stood.
    public var message: String? { trailers["grpc-message"] ?? headers["grpc-message"] }
    /// Head and trailers were one.
    public var isTrailersOnly: Bool { headers["grpc-status"] != nil && trailers.isEmpty }
  }

  /// The connection.
  public let socket: RawSocket
  /// What came back, by stream.
  public private(set) var answers: [Int32: Answer] = [:]
  /// GOAWAY codes in the order they came.
  public private(set) var goAways: [(lastStreamID: Int32, code: UInt32)] = []
  /// The server has closed the connection.
  public private(set) var isClosed = false

  private let session: HTTP2Session
  private var hasSettings = false

  /// Connects and exchanges SETTINGS.
  public init(port: Int) throws {
    socket = try RawSocket(port: port)
    session = try HTTP2Session(role: .client)
    try socket.send(drained())
    // Until the server's SETTINGS are acknowledged, its windows are the small ones of the standard.
    try read { hasSettings }
  }

  /// Begins a stream: sends `frames` of it, given its id. Answers the id.
  public func open(_ frames: (Int32) -> [UInt8]) throws -> Int32 {
    var expected = HeaderBlock()
    for (name, value) in RawFrames.request { expected.append(name, value) }
    guard let stream = session.request(.block(expected)) else {
      throw RawSocket.Failure(what: "no stream ids left")
    }
    session.finish(stream)
    _ = try drained()
    answers[stream.id] = Answer()
    try socket.send(frames(stream.id))
    return stream.id
  }

  /// A whole request: head, body as given, end.
  public func call(
    _ fields: [(String, String)], body: [UInt8]? = nil
  ) throws -> Answer {
    let id = try open { id in
      guard let body else { return RawFrames.headers(id, fields, endsStream: true) }
      return RawFrames.headers(id, fields) + RawFrames.data(id, body, endsStream: true)
    }
    return try answer(to: id)
  }

  /// Waits for a stream's end.
  public func answer(to id: Int32) throws -> Answer {
    try read { answers[id]?.isComplete == true }
    return answers[id] ?? Answer()
  }

  /// Reads until `isDone`, or the server closes.
  public func read(until isDone: () -> Bool) throws {
    while !isDone(), !isClosed {
      let bytes = try socket.receive(withinMilliseconds: 10_000)
      if bytes.isEmpty {
        isClosed = true
        return
      }
      // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
      unsafe try session.receive(bytes.span.bytes, nowNanoseconds: 0)
      handle(bytes)
      let reply = try drained()
      if !reply.isEmpty { try? socket.send(reply) }
    }
  }

  private func handle(_ bytes: [UInt8]) {
    session.handleEvents { event in
      switch event {
      case .headers(let stream, let endsStream):
        answers[stream.id]?.headers = Self.table(stream.headers)
        if endsStream { answers[stream.id]?.isComplete = true }
      case .trailers(let stream):
        answers[stream.id]?.trailers = Self.table(stream.trailers)
        answers[stream.id]?.isComplete = true
      case .data(let stream, let range, let endsStream):
        answers[stream.id]?.body += bytes[range]
        session.consume(stream, byteCount: range.count)
        if endsStream { answers[stream.id]?.isComplete = true }
      case .endOfStream(let stream):
        answers[stream.id]?.isComplete = true
      case .closed(let stream, let code):
        if answers[stream.id]?.isComplete == false { answers[stream.id]?.resetCode = code.rawValue }
        answers[stream.id]?.isComplete = true
      case .goAway(let last, let code, _):
        goAways.append((last, code.rawValue))
      case .settings:
        hasSettings = true
      case .pingAcknowledged, .sendable:
        break
      }
    }
  }

  private static func table(_ block: HeaderBlock) -> [String: String] {
    var table: [String: String] = [:]
    for field in block.fields {
      let name = block.name(of: field)
      let value = block.value(of: field)
      table[name] = table[name].map { "\($0),\(value)" } ?? value
    }
    return table
  }

  private func drained() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var all: [UInt8] = []
    while true {
      let count = unsafe try buffer.withUnsafeMutableBytes { unsafe try session.drain(into: $0) }
      all += buffer[..<count]
      handle([])
      if count < buffer.count { return all }
    }
  }
}
