import RawHTTP2

/// Tries a case on a server.
struct HTTP2CaseRun {
  /// What did not hold.
  struct Broken: Error {
    var what: String
  }

  private let connection: RawConnection
  private let tried: HTTP2Case
  /// All that waits wait no longer than this, so that a case cannot take more than its share.
  private static let patience = Duration.seconds(2)

  /// Connects.
  init(_ tried: HTTP2Case, port: Int) throws {
    self.tried = tried
    connection =
      tried.beginsProperly
      ? try RawConnection(port: port) : RawConnection(try RawSocket(port: port))
  }

  /// Takes the steps, and throws when the outcome is another.
  func run() throws {
    for step in tried.steps { try take(step) }
    switch tried.outcome {
    case .settingsFirst:
      let frame = try next()
      try require(frame.isSettings && !frame.isAcknowledgement, "first came \(frame)")
    case .answered:
      try awaitEnd()
      try expectLife()
    case .data(let length):
      let frame = try awaitFrame { $0.isData }
      try require(frame.payload.count == length, "DATA of \(frame.payload.count)")
      try expectLife()
    case .acknowledged:
      try awaitAcknowledgement()
      try expectLife()
    case .nothing:
      try expectLife()
    case .nothingOrClose:
      try expectLifeOrClose()
    case .connectionError(let codes):
      try expectConnectionError(codes)
    case .streamError(let codes):
      try expectStreamError(codes)
    case .streamErrorOrDiscarded(let codes):
      try connection.socket.send(RawFrames.ping(0x98))
      try expectStreamErrorOrPong(codes)
    }
  }

  private func take(_ step: HTTP2Case.Step) throws {
    switch step {
    case .send(let bytes): if !bytes.isEmpty { try connection.socket.send(bytes) }
    case .awaitAcknowledgement: try awaitAcknowledgement()
    case .awaitData: _ = try awaitFrame { $0.isData }
    case .awaitEnd: try awaitEnd()
    }
  }

  // MARK: Waiting

  private func next() throws -> RawConnection.Frame {
    guard let frame = try connection.next(before: .now + Self.patience) else {
      throw Broken(what: "the connection was closed")
    }
    return frame
  }

  private func awaitFrame(_ holds: (RawConnection.Frame) -> Bool) throws -> RawConnection.Frame {
    while true {
      let frame = try next()
      if frame.isGoAway { throw Broken(what: "GOAWAY \(frame.code ?? 0) \(frame.debugText)") }
      if frame.isReset, frame.code != 0 { throw Broken(what: "RST_STREAM \(frame.code ?? 0)") }
      if holds(frame) { return frame }
    }
  }

  private func awaitAcknowledgement() throws {
    _ = try awaitFrame { $0.isSettings && $0.isAcknowledgement }
  }

  private func awaitEnd() throws {
    var hasHead = false
    _ = try awaitFrame { frame in
      guard frame.id == 1 else { return false }
      if frame.isHeaders { hasHead = true }
      return frame.endsStream
    }
    try require(hasHead, "an end without a head")
  }

  // MARK: Outcomes

  /// A PING is answered, exactly, and nothing says error.
  private func expectLife() throws {
    try connection.socket.send(RawFrames.ping(0x99))
    while true {
      // In some cases a PING of theirs is answered first; none that was an answer itself.
      let frame = try awaitFrame { $0.isPing && $0.isAcknowledgement }
      if frame.payload == [1, 2, 3, 4, 5, 6, 7, 0x99] { return }
      try require(frame.payload.allSatisfy { $0 == 0 }, "a PING answered with \(frame.payload)")
    }
  }

  private func expectLifeOrClose() throws {
    try? connection.socket.send(RawFrames.ping(0x99))
    while let frame = try connection.next(before: .now + Self.patience) {
      if frame.isPing, frame.isAcknowledgement { return }
      try require(!frame.isGoAway || frame.code == 0, "GOAWAY \(frame.code ?? 0)")
    }
  }

  private func expectConnectionError(_ codes: [HTTP2Case.Code]) throws {
    while let frame = try connection.next(before: .now + Self.patience) {
      if frame.isGoAway { return try expectClose(after: frame, codes) }
    }
    throw Broken(what: "closed without a GOAWAY")
  }

  private func expectStreamError(_ codes: [HTTP2Case.Code]) throws {
    while let frame = try connection.next(before: .now + Self.patience) {
      if frame.isGoAway { return try expectClose(after: frame, codes) }
      guard frame.isReset else { continue }
      try require(codes.contains { $0.rawValue == frame.code }, "RST_STREAM \(frame.code ?? 0)")
      return try expectLife()
    }
    throw Broken(what: "closed without a word")
  }

  private func expectStreamErrorOrPong(_ codes: [HTTP2Case.Code]) throws {
    while let frame = try connection.next(before: .now + Self.patience) {
      if frame.isGoAway { return try expectClose(after: frame, codes) }
      if frame.isPing, frame.isAcknowledgement, frame.payload.last == 0x98 { return }
      guard frame.isReset, frame.code != 0 else { continue }
      return try require(
        codes.contains { $0.rawValue == frame.code }, "RST_STREAM \(frame.code ?? 0)")
    }
    throw Broken(what: "closed without a word")
  }

  private func expectClose(after frame: RawConnection.Frame, _ codes: [HTTP2Case.Code]) throws {
    try require(codes.contains { $0.rawValue == frame.code }, "GOAWAY \(frame.code ?? 0)")
    _ = try connection.rest(within: Self.patience)
  }

  private func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    if !holds { throw Broken(what: what()) }
  }
}
