import HTTP2
import RawHTTP2

/// A client that keeps every rule of HTTP/2, windows too, but reads and writes its streams when and as much
/// as a test says. Belongs to one thread.
final class SessionClient {
  /// How one call stands.
  struct Call {
    var answerByteCount = 0
    /// The bytes themselves, if the client keeps them.
    var answer: [UInt8] = []
    /// `grpc-status`, when it has come.
    var status: String?
    /// The code with which the stream was closed.
    var closeCode: UInt32?

    /// Nothing more comes.
    var isOver: Bool { closeCode != nil }
  }

  let socket: AttackSocket
  let session: HTTP2Session
  private(set) var calls: [Int32: Call] = [:]
  /// The last stream id of the last GOAWAY.
  private(set) var lastStreamID: Int32?
  /// Whether bytes of answers are given credit for as they come.
  var isTaking = true
  var keepsAnswers = false
  private var hasSettings = false
  private var failure: HTTP2SessionError?

  /// - Parameters:
  ///   - streamWindow: bytes the server may send on a stream before it is given credit for more
  ///   - receiveByteCount: what the system keeps for a client that does not read; nil for its default
  init(port: Int, streamWindow: Int = 65_535) throws {
    socket = try AttackSocket(port: port)
    var limits = HTTP2Limits()
    limits.streamWindowByteCount = streamWindow
    session = try HTTP2Session(role: .client, limits: limits)
    socket.onBytes = { [unowned self] in receive($0) }
    guard pump(within: 10, until: { hasSettings }) else { throw AttackFailure("no SETTINGS") }
  }

  /// Begins a call.
  func begin(_ path: String) throws -> HTTP2Stream {
    var block = HeaderBlock()
    for (name, value) in AttackFrames.fields(path) { block.append(name, value) }
    guard let stream = session.request(.block(block)) else { throw AttackFailure("no ids left") }
    calls[stream.id] = Call()
    return stream
  }

  /// A whole call with one message.
  @discardableResult
  func call(_ path: String, _ message: [UInt8]) throws -> HTTP2Stream {
    let stream = try begin(path)
    session.send(stream, body: AttackFrames.message(message))
    session.finish(stream)
    return stream
  }

  /// Sends and receives until something is so or the time is up; says whether it is so.
  @discardableResult
  func pump(within seconds: Double, until isDone: () -> Bool) -> Bool {
    let start = Moment.now
    while true {
      flush()
      if isDone() { return true }
      if socket.isClosed || failure != nil || start.seconds > seconds { return false }
      socket.read(within: 0.02) { true }
      flush()
      if isDone() { return true }
      if session.outboundByteCount == 0 || !canSend { Blocking.pause(milliseconds: 1) }
    }
  }

  private var canSend = false

  private func flush() {
    canSend = false
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      // SAFETY: what is drained into the array is used after the closure has ended.
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe (try? session.drain(into: $0)) ?? 0
      }
      handle([])
      guard count > 0 else { return }
      canSend = true
      socket.send(Array(buffer[..<count]))
    }
  }

  private func receive(_ bytes: [UInt8]) {
    do {
      // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
      unsafe try session.receive(bytes.span.bytes, nowNanoseconds: 0)
    } catch {
      failure = error
    }
    handle(bytes)
  }

  private func handle(_ bytes: [UInt8]) {
    session.handleEvents { event in
      switch event {
      case .headers(let stream, _):
        note(stream.headers, of: stream.id)
      case .trailers(let stream):
        note(stream.trailers, of: stream.id)
      case .data(let stream, let range, _):
        calls[stream.id]?.answerByteCount += range.count
        if keepsAnswers { calls[stream.id]?.answer += bytes[range] }
        if isTaking { session.consume(stream, byteCount: range.count) }
      case .closed(let stream, let code):
        calls[stream.id]?.closeCode = code.rawValue
      case .goAway(let last, _, _):
        lastStreamID = last
      case .settings:
        hasSettings = true
      case .endOfStream, .pingAcknowledged, .sendable:
        break
      }
    }
  }

  private func note(_ block: HeaderBlock, of id: Int32) {
    for field in block.fields where block.name(of: field) == "grpc-status" {
      calls[id]?.status = block.value(of: field)
    }
  }
}
