internal import CNghttp2

extension HTTP2Session {
  /// Feeds bytes from the peer; what they mean is appended to `events`.
  ///
  /// - Parameters:
  ///   - bytes: what was read. `data` events are ranges of it.
  ///   - nowNanoseconds: any clock that does not go back, for the counting windows.
  /// - Throws: when the session is beyond saving. Drain it, send the error's `farewell`, close.
  public func receive(_ bytes: RawSpan, nowNanoseconds: UInt64) throws(HTTP2SessionError) {
    guard !isFinished else { return }
    counters.advance(to: nowNanoseconds, limits: limits)
    let result = unsafe bytes.withUnsafeBytes { input in
      unsafe inputBase = input.baseAddress
      defer { unsafe inputBase = nil }
      return unsafe nghttp2_session_mem_recv(
        raw, input.assumingMemoryBound(to: UInt8.self).baseAddress, input.count)
    }
    if result < 0 {
      isFinished = true
      throw failure(Int32(truncatingIfNeeded: result))
    }
    if let termination = pendingTermination {
      pendingTermination = nil
      terminate(termination.code, reason: termination.reason)
    } else if let excess = counters.excess(over: limits) {
      terminate(.enhanceYourCalm, reason: excess)
    } else if unsafe nghttp2_session_get_outbound_queue_size(raw) > limits.outboundFrameCountMax {
      terminate(.enhanceYourCalm, reason: "too_many_unread_replies")
    }
  }

  /// Hands out what is to be sent, frame by frame, until nothing is left or the bytes handed out
  /// reach `byteCountMax`.
  ///
  /// May append events; handle them before the next pass.
  ///
  /// - Returns: whether everything has been handed out.
  /// - Throws: when the session is beyond saving.
  @discardableResult
  public func drain(
    byteCountMax: Int = .max, into sink: (RawSpan) -> Void
  ) throws(HTTP2SessionError) -> Bool {
    var sent = 0
    while sent < byteCountMax {
      var chunk: UnsafePointer<UInt8>?
      let count = unsafe nghttp2_session_mem_send(raw, &chunk)
      if count < 0 {
        isFinished = true
        throw failure(Int32(truncatingIfNeeded: count))
      }
      if count == 0 {
        if unsafe nghttp2_session_want_read(raw) == 0, unsafe nghttp2_session_want_write(raw) == 0 {
          isFinished = true
        }
        return true
      }
      // SAFETY: valid until the next call into the session; the sink copies.
      unsafe sink(
        RawSpan(_unsafeStart: UnsafeRawPointer(chunk.unsafelyUnwrapped), byteCount: count))
      sent += count
    }
    return false
  }

  /// Whether there is something to drain.
  public var wantsWrite: Bool { unsafe nghttp2_session_want_write(raw) != 0 }

  private func failure(_ code: Int32) -> HTTP2SessionError {
    switch nghttp2_error(code) {
    case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS, NGHTTP2_ERR_FLOODED:
      // The library gives up without a word; the peer should know why (attack T3).
      HTTP2SessionError(message(of: code), farewell: goAwayFrame(.enhanceYourCalm))
    case NGHTTP2_ERR_BAD_CLIENT_MAGIC:
      HTTP2SessionError(message(of: code), farewell: goAwayFrame(.protocolError))
    default:
      HTTP2SessionError(message(of: code), farewell: goAwayFrame(.internalError))
    }
  }

  /// A GOAWAY frame without the library's help (RFC 9113 § 6.8).
  private func goAwayFrame(_ code: HTTP2ErrorCode) -> [UInt8] {
    func bigEndian(_ value: UInt32) -> [UInt8] {
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
    return [0, 0, 8, 7, 0, 0, 0, 0, 0] + bigEndian(UInt32(openedIDs.highest))
      + bigEndian(code.rawValue)
  }
}
