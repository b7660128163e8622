internal import CNghttp2

// Everything here queues frames; `drain` sends them. What is submitted for a closed stream is
// ignored: the peer may close one at any moment, so that is nobody's fault.
extension HTTP2Session {
  /// Answers with one header list and nothing else.
  public func respond(_ stream: HTTP2Stream, only fields: FieldList) {
    guard !stream.isClosed, !stream.state.hasSubmittedHeaders else { return }
    stream.state.hasSubmittedHeaders = true
    stream.state.preparedFields = fields.prepared
    let id = stream.id
    let result = unsafe withFields(fields) { fields in
      unsafe nghttp2_submit_response(raw, id, fields.baseAddress, fields.count, nil)
    }
    refuse(result, stream)
  }

  /// Answers with a header list; a body and an end follow with `send` and `finish`.
  public func respond(_ stream: HTTP2Stream, head fields: FieldList) {
    guard !stream.isClosed, !stream.state.hasSubmittedHeaders else { return }
    stream.state.hasSubmittedHeaders = true
    stream.state.preparedFields = fields.prepared
    var provider = unsafe bodyProvider(of: stream)
    let id = stream.id
    let raw = unsafe raw
    let result = unsafe withFields(fields) { fields in
      unsafe nghttp2_submit_response(raw, id, fields.baseAddress, fields.count, &provider)
    }
    refuse(result, stream)
  }

  /// Begins a request; a body and an end follow with `send` and `finish`.
  ///
  /// - Returns: nil when this connection has no stream ids left.
  public func request(_ fields: FieldList) -> HTTP2Stream? {
    let stream = openStream(id: 0)
    stream.state.hasSubmittedHeaders = true
    stream.state.preparedFields = fields.prepared
    var provider = unsafe bodyProvider(of: stream)
    let id = unsafe withFields(fields) { fields in
      // SAFETY: the stream object stays on the live list until libnghttp2 has closed the stream.
      unsafe nghttp2_submit_request(
        raw, nil, fields.baseAddress, fields.count, &provider,
        Unmanaged.passUnretained(stream).toOpaque())
    }
    guard id > 0 else {
      closeStream(stream)
      return nil
    }
    stream.state.id = id
    return stream
  }

  /// Adds to a stream's body: up to 8 bytes of `head`, most significant first, then `body`.
  public func send(
    _ stream: HTTP2Stream, head: UInt64 = 0, headByteCount: Int = 0, body: [UInt8]
  ) {
    guard !stream.isClosed else { return }
    stream.state.outbound.append(head: head, headByteCount: headByteCount, body: body)
    state.outboundByteCount += headByteCount + body.count
    resume(stream)
  }

  /// Adds to a stream's body what `write` appends to a buffer of such pieces; best for small ones.
  ///
  /// On a throw nothing has been added. `write` changes nothing of what was there before.
  public func send<Failure: Error>(
    _ stream: HTTP2Stream, _ write: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    guard !stream.isClosed else { return }
    let before = stream.state.outbound.byteCount
    try stream.state.outbound.gather(write)
    state.outboundByteCount += stream.state.outbound.byteCount - before
    resume(stream)
  }

  /// Announces with ``HTTP2Event/sendable(_:)`` when no more than `byteCount` bytes of the stream's body
  /// wait to be sent. For one time, and only if more wait now.
  public func announceSendable(_ stream: HTTP2Stream, below byteCount: Int) {
    guard stream.state.outbound.byteCount > byteCount else { return }
    stream.state.sendableByteCount = byteCount
  }

  /// Bytes of all streams' bodies that wait to be sent.
  public var outboundByteCount: Int { state.outboundByteCount }

  /// Bytes of all streams' bodies that were sent.
  public var sentByteCount: Int { state.sentByteCount }

  /// Drops what waits to be sent, when there is nobody to send it to any more.
  public func dropBodies() {
    for stream in state.liveStreams { dropOutbound(stream) }
  }

  func dropOutbound(_ stream: HTTP2Stream) {
    state.outboundByteCount -= stream.state.outbound.byteCount
    stream.state.outbound.removeAll()
    stream.state.sendableByteCount = -1
  }

  /// Ends our side of a stream, after what is queued for it.
  public func finish(_ stream: HTTP2Stream) {
    guard !stream.isClosed else { return }
    stream.state.outboundEnd = .endOfStream
    resume(stream)
  }

  /// Ends our side of a stream with trailers, after what is queued for it.
  public func finish(_ stream: HTTP2Stream, trailers: FieldList) {
    guard !stream.isClosed else { return }
    stream.state.outboundEnd = .trailers(trailers)
    resume(stream)
  }

  /// Resets a stream now; what is queued for it is dropped.
  public func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    guard !stream.isClosed else { return }
    stream.state.hasRequestedReset = true
    dropOutbound(stream)
    _ = unsafe nghttp2_submit_rst_stream(raw, 0, stream.id, code.rawValue)
  }

  /// Resets a stream once our last frame of it is out.
  ///
  /// libnghttp2 drops a stream's queued HEADERS when a reset is queued (rule N6), so the reset waits.
  public func resetWhenSent(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    guard !stream.isClosed, stream.state.resetWhenSent == nil else { return }
    state.pendingResetCount += 1
    stream.state.resetWhenSent = code
  }

  /// Gives back the credit of bytes that came in `data` events, also of closed streams.
  public func consume(_ stream: HTTP2Stream, byteCount: Int) {
    returnStreamCredit(stream, byteCount: byteCount)
    returnConnectionCredit(byteCount: byteCount)
  }

  /// Gives back the stream's part of the credit; nothing more comes on a stream that has ended.
  public func returnStreamCredit(_ stream: HTTP2Stream, byteCount: Int) {
    guard byteCount > 0, !stream.isClosed, !stream.isRemoteEnded else { return }
    _ = unsafe nghttp2_session_consume_stream(raw, stream.id, byteCount)
  }

  /// Gives back the connection's part of the credit.
  public func returnConnectionCredit(byteCount: Int) { state.connectionCredit += byteCount }

  /// Gives back the connection's credit that was gathered during the pass.
  func submitConnectionCredit() {
    guard state.connectionCredit > 0 else { return }
    _ = unsafe nghttp2_session_consume_connection(raw, state.connectionCredit)
    state.connectionCredit = 0
  }

  /// Sends a PING; its payload comes back in `pingAcknowledged`.
  public func ping(_ payload: UInt64) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: payload >> UInt64(56 - 8 * $0)) }
    _ = unsafe nghttp2_submit_ping(raw, 0, bytes)
  }

  /// First step of a graceful stop: tells the peer to open no more streams (RFC 9113 § 6.8).
  ///
  /// - Parameter ping: the payload of a PING that goes out behind it. libnghttp2 sends PINGs before all else
  ///   (rule N7), so it is submitted when the notice has left; its answer proves that the notice was read.
  public func announceShutdown(thenPing ping: UInt64) {
    state.pingBehindGoAway = ping
    _ = unsafe nghttp2_submit_shutdown_notice(raw)
  }

  /// Second step of a graceful stop: GOAWAY with the last stream that was accepted.
  public func goAway(_ code: HTTP2ErrorCode = .noError, debugData: [UInt8] = []) {
    state.hasSaidGoodbye = true
    let last = unsafe nghttp2_session_get_last_proc_stream_id(raw)
    _ = unsafe nghttp2_submit_goaway(raw, 0, last, code.rawValue, debugData, debugData.count)
  }

  /// Ends the session for an error: GOAWAY, and then nothing more.
  ///
  /// - Parameter reason: is the GOAWAY's debug data; clients know `too_many_pings` by it (rule C4)
  public func terminate(_ code: HTTP2ErrorCode, reason: StaticString) {
    if state.terminationReason == nil {
      // The library's own GOAWAY for an end has no room for words, so one with them goes before it.
      goAway(code, debugData: "\(reason)".utf8.map { $0 })
    }
    state.terminationReason = reason
    _ = unsafe nghttp2_session_terminate_session(raw, code.rawValue)
  }

  /// Bytes the peer still takes on the stream; may be negative.
  public func sendWindowByteCount(of stream: HTTP2Stream) -> Int {
    Int(unsafe nghttp2_session_get_stream_remote_window_size(raw, stream.id))
  }

  /// Bytes the peer still takes over all streams; may be negative.
  public var sendWindowByteCount: Int { Int(unsafe nghttp2_session_get_remote_window_size(raw)) }

  /// Bytes we still take over all streams.
  public var receiveWindowByteCount: Int {
    Int(unsafe nghttp2_session_get_local_window_size(raw))
  }

  /// Streams the peer lets us have open at once.
  public var remoteConcurrentStreamCountMax: Int {
    Int(
      unsafe nghttp2_session_get_remote_settings(raw, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
  }

  /// Whether a new request may be sent on this connection at all.
  public var allowsRequests: Bool {
    unsafe nghttp2_session_check_request_allowed(raw) != 0
  }

  private func resume(_ stream: HTTP2Stream) {
    guard stream.state.isDeferred else { return }
    stream.state.isDeferred = false
    // INVALID_ARGUMENT here means that the stream has just ended; that is no error.
    _ = unsafe nghttp2_session_resume_data(raw, stream.id)
  }

  /// Resets a stream whose header list the library would not take.
  private func refuse(_ result: Int32, _ stream: HTTP2Stream) {
    if result != 0 { reset(stream, .internalError) }
  }

  private func bodyProvider(of stream: HTTP2Stream) -> nghttp2_data_provider {
    // SAFETY: the stream object stays on the live list until libnghttp2 has closed the stream.
    unsafe nghttp2_data_provider(
      source: nghttp2_data_source(ptr: Unmanaged.passUnretained(stream).toOpaque()),
      read_callback: readOutboundBody)
  }

  /// Shows a header list in libnghttp2's form; the pointers are good inside `body` only, except for those of
  /// prepared fields.
  func withFields<Result>(
    _ fields: FieldList, _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result
  ) -> Result {
    switch fields.kind {
    case .prepared(let prepared):
      return unsafe body(UnsafeBufferPointer(prepared.fields))
    case .block(let list):
      let block = list.block
      return unsafe block.bytes.withUnsafeBufferPointer { bytes in
        unsafe state.scratch.removeAll(keepingCapacity: true)
        // SAFETY: a block's fields lie within its bytes, and a prepared list is held by `fields`.
        if let prepared = list.prepared {
          unsafe state.scratch.append(contentsOf: prepared.fields[..<prepared.pseudoCount])
          unsafe lay(block.fields[..<list.earlyCount], of: bytes)
          unsafe state.scratch.append(contentsOf: prepared.fields[prepared.pseudoCount...])
        }
        unsafe lay(block.fields[list.earlyCount...], of: bytes)
        return unsafe state.scratch.withUnsafeBufferPointer(body)
      }
    }
  }

  private func lay(
    _ fields: ArraySlice<HeaderBlock.Field>, of bytes: UnsafeBufferPointer<UInt8>
  ) {
    // libnghttp2 copies (no NO_COPY flag) and does not write through these pointers.
    let base = unsafe UnsafeMutablePointer(mutating: bytes.baseAddress)
    for field in fields {
      // SAFETY: the ranges of a block lie within its bytes.
      unsafe state.scratch.append(
        nghttp2_nv(
          name: base.map { unsafe $0 + field.name.lowerBound },
          value: base.map { unsafe $0 + field.value.lowerBound },
          namelen: field.name.count, valuelen: field.value.count,
          flags: field.isNeverIndexed ? UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue) : 0))
    }
  }
}
