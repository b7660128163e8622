internal import CNghttp2

extension HTTP2Session {
  /// Feeds bytes from the peer; what they mean is appended to the events.
  ///
  /// - Parameters:
  ///   - bytes: what was read. `data` events are ranges of it.
  ///   - nowNanoseconds: any clock that does not go back, for the counting windows.
  /// - Throws: when the session is beyond saving. Drain it, send the error's `farewell`, close.
  public func receive(_ bytes: RawSpan, nowNanoseconds: UInt64) throws(HTTP2SessionError) {
    // What comes after an end of our making is not looked at, and the library not fed past its own
    // (CVE-2026-27135, attack T16).
    guard !state.isFinished, state.terminationReason == nil,
      unsafe nghttp2_session_want_read(raw) != 0
    else { return }
    state.counters.advance(to: nowNanoseconds, limits: limits)
    let result = unsafe bytes.withUnsafeBytes { input in
      unsafe state.inputBase = input.baseAddress
      defer { unsafe state.inputBase = nil }
      return unsafe nghttp2_session_mem_recv(
        raw, input.assumingMemoryBound(to: UInt8.self).baseAddress, input.count)
    }
    if result < 0 {
      state.isFinished = true
      throw failure(Int32(truncatingIfNeeded: result))
    }
    if let termination = state.pendingTermination {
      state.pendingTermination = nil
      terminate(termination.code, reason: termination.reason)
    } else if let excess = state.counters.excess(over: limits) {
      terminate(.enhanceYourCalm, reason: excess)
    } else if role == .server,
      unsafe nghttp2_session_get_outbound_queue_size(raw) > limits.outboundFrameCountMax
    {
      terminate(.enhanceYourCalm, reason: "too_many_unread_replies")
    }
  }

  /// Fills `buffer` with what is to be sent, as far as it goes.
  ///
  /// May append events; handle them before the next pass.
  ///
  /// - Returns: the bytes written; fewer than the buffer holds means that nothing is left.
  /// - Throws: when the session is beyond saving.
  public func drain(into buffer: UnsafeMutableRawBufferPointer) throws(HTTP2SessionError) -> Int {
    submitConnectionCredit()
    var written = 0
    while written < buffer.count {
      if unsafe state.undrained.isEmpty {
        var chunk: UnsafePointer<UInt8>?
        let count = unsafe nghttp2_session_mem_send(raw, &chunk)
        if count < 0 {
          state.isFinished = true
          throw failure(Int32(truncatingIfNeeded: count))
        }
        if count == 0 {
          if unsafe nghttp2_session_want_read(raw) == 0, unsafe nghttp2_session_want_write(raw) == 0
          {
            state.isFinished = true
          }
          return written
        }
        // SAFETY: valid until the next `mem_send`, which comes after it has been handed on.
        unsafe state.undrained = UnsafeRawBufferPointer(start: chunk, count: count)
      }
      let taken = unsafe min(state.undrained.count, buffer.count - written)
      unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[written..<written + taken])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: state.undrained[..<taken]))
      unsafe state.undrained = UnsafeRawBufferPointer(rebasing: state.undrained[taken...])
      written += taken
    }
    return written
  }

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
    return [0, 0, 8, 7, 0, 0, 0, 0, 0] + bigEndian(UInt32(state.openedIDs.highest))
      + bigEndian(code.rawValue)
  }
}
