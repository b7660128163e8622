internal import HTTP2

/// Uses a session as a transport does, and holds it to its promises.
final class SessionUser {
  /// How a server answers; a client's requests are sent before anything is read.
  enum Manner: UInt8 {
    /// Never, and credit is not given back.
    case silent
    /// With trailers alone, at once.
    case refusing
    /// With what it is sent, and trailers when that ends.
    case echoing
    /// With a reset after its last frame.
    case resetting

    init(plan: UInt8) { self = Manner(rawValue: plan & 3) ?? .silent }
  }

  private let session: HTTP2Session
  private let manner: Manner
  private var buffer: [UInt8]

  private var headed: Set<Int32> = []
  private var closed: Set<Int32> = []
  private var pieceByteCount = 0
  private var outputByteCount = 0
  private var nowNanoseconds: UInt64 = 0
  private var finding: Finding?

  /// The session has said that nothing more can be received.
  private(set) var isOver = false

  init(role: HTTP2Session.Role, manner: Manner, drainByteCount: Int) throws(Finding) {
    self.manner = manner
    buffer = [UInt8](repeating: 0, count: drainByteCount)
    do {
      session = try HTTP2Session(role: role)
    } catch {
      throw Finding("no session: \(error)")
    }
    if role == .client { for _ in 0..<3 { request() } }
  }

  private func request() {
    let fields = [
      (":method", "POST"), (":scheme", "http"), (":path", "/s.S/M"), (":authority", "a"),
      ("te", "trailers"), ("content-type", "application/grpc"),
    ]
    guard let stream = session.request(Self.list(fields)) else { return }
    session.send(stream, head: 3, headByteCount: 5, body: [1, 2, 3])
    session.finish(stream)
  }

  private static func list(_ fields: [(String, String)]) -> FieldList {
    var block = HeaderBlock()
    for (name, value) in fields { block.append(name, value) }
    return .block(block)
  }

  func receive(_ piece: [UInt8]) throws(Finding) {
    nowNanoseconds += 1_000_000
    pieceByteCount = piece.count
    do throws(HTTP2SessionError) {
      // SAFETY: bytes have no padding that a raw view could show.
      try unsafe session.receive(piece.span.bytes, nowNanoseconds: nowNanoseconds)
    } catch {
      isOver = true
    }
    try handleEvents()
    isOver = isOver || session.isFinished
  }

  private func handleEvents() throws(Finding) {
    session.handleEvents { event in
      do throws(Finding) { try handle(event) } catch { finding = finding ?? error }
    }
    if let finding { throw finding }
    let live = session.liveStreams
    try Finding.unless(live.allSatisfy { !$0.isClosed }, "a closed stream is listed as live")
    let liveCountMax = max(session.limits.concurrentStreamCountMax, 3)
    try Finding.unless(live.count <= liveCountMax, "\(live.count) streams are live")
  }

  private func handle(_ event: HTTP2Event) throws(Finding) {
    switch event {
    case .headers(let stream, let endsStream):
      try Finding.unless(headed.insert(stream.id).inserted, "two first header lists")
      try check(stream)
      answer(stream)
      if endsStream { end(stream) }
    case .trailers(let stream):
      try check(stream)
      end(stream)
    case .data(let stream, let range, let endsStream):
      try check(stream)
      let isInside = range.lowerBound >= 0 && range.upperBound <= pieceByteCount
      try Finding.unless(isInside, "data \(range) of \(pieceByteCount) bytes")
      take(stream, byteCount: range.count)
      if endsStream { end(stream) }
    case .endOfStream(let stream):
      try check(stream)
      end(stream)
    case .closed(let stream, _):
      try Finding.unless(closed.insert(stream.id).inserted, "stream \(stream.id) closed twice")
    case .sendable(let stream):
      try Finding.unless(!closed.contains(stream.id), "stream \(stream.id) goes on after its end")
    case .goAway, .settings, .pingAcknowledged:
      break
    }
  }

  private func check(_ stream: HTTP2Stream) throws(Finding) {
    try Finding.unless(headed.contains(stream.id), "stream \(stream.id) has no header list")
    try Finding.unless(!closed.contains(stream.id), "stream \(stream.id) goes on after its end")
  }

  private func answer(_ stream: HTTP2Stream) {
    guard session.role == .server else { return }
    switch manner {
    case .silent: break
    case .refusing: session.respond(stream, only: Self.list([(":status", "200")]))
    case .echoing: session.respond(stream, head: Self.list([(":status", "200")]))
    case .resetting:
      session.respond(stream, only: Self.list([(":status", "200")]))
      session.resetWhenSent(stream, .noError)
    }
  }

  private func take(_ stream: HTTP2Stream, byteCount: Int) {
    guard manner != .silent else { return }
    session.consume(stream, byteCount: byteCount)
    if manner == .echoing, session.role == .server {
      session.send(stream, body: [UInt8](repeating: 7, count: byteCount))
    }
  }

  private func end(_ stream: HTTP2Stream) {
    guard manner == .echoing, session.role == .server else { return }
    session.finish(stream, trailers: Self.list([("grpc-status", "0")]))
  }

  /// Reads all that the session has to say.
  func drain() throws(Finding) {
    while true {
      var written = 0
      do throws(HTTP2SessionError) {
        var free = buffer.mutableSpan
        // SAFETY: the pointer is used inside the closure only.
        written = try unsafe free.withUnsafeMutableBytes { (free) throws(HTTP2SessionError) in
          try unsafe session.drain(into: free)
        }
      } catch {
        isOver = true
        return
      }
      outputByteCount += written
      try handleEvents()
      if written < buffer.count { return }
    }
  }

  /// A peer must work for what we send: our own opening and requests, and then no more for each byte
  /// than the shortest frame that earns an answer (nine bytes) can bring.
  func checkOutput(inputByteCount: Int) throws(Finding) {
    try Finding.unless(
      outputByteCount <= 1024 + 16 * inputByteCount,
      "\(inputByteCount) bytes were answered with \(outputByteCount)")
  }
}
