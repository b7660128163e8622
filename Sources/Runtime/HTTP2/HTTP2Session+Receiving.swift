internal import CNghttp2

// What the callbacks call: small steps that touch only our own state.
extension HTTP2Session {
  /// Counts a frame that is just beginning.
  func noteFrame(type: UInt8, flags: UInt8, id: Int32, length: Int) {
    let type = nghttp2_frame_type(UInt32(type))
    // Nothing may stand between the frames of a block (RFC 9113 § 4.3).
    let carriesBlock = type == NGHTTP2_HEADERS || type == NGHTTP2_CONTINUATION
    state.isInHeaderBlock = carriesBlock && flags & UInt8(NGHTTP2_FLAG_END_HEADERS.rawValue) == 0
    switch type {
    case NGHTTP2_HEADERS:
      state.counters.noteReceived()
      state.headerBlockNumber += 1
      if role == .server { noteHeadersFromClient(id: id) }
    case NGHTTP2_PRIORITY:
      state.counters.uselessFrames += 1
      // libnghttp2 does not look at them, since our SETTINGS say that priorities are none of ours.
      if id == 0 { state.pendingTermination = (.protocolError, "PRIORITY on stream 0") }
    case NGHTTP2_DATA:
      state.counters.noteReceived()
      if length == 0, flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) == 0 {
        state.counters.uselessFrames += 1
      }
    case NGHTTP2_PING:
      if flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 {
        state.counters.notePing(
          hasStreams: !state.liveStreams.isEmpty, isEnforced: role == .server, limits: limits)
      }
    case NGHTTP2_SETTINGS:
      if flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { state.counters.settingsFrames += 1 }
    case NGHTTP2_WINDOW_UPDATE:
      state.counters.noteWindowUpdate()
    case NGHTTP2_RST_STREAM:
      // Servers reset as they please: a call that is answered early ends with one (rule R15).
      if role == .server { state.counters.resetFrames += 1 }
    case NGHTTP2_CONTINUATION:
      break
    default:
      state.counters.uselessFrames += 1
    }
  }

  private func noteHeadersFromClient(id: Int32) {
    if id > state.openedIDs.highest {
      // Some were under way when we said goodbye; the library passes over all of them.
      if state.hasSaidGoodbye { state.counters.uselessFrames += 1 }
    } else if state.openedIDs.wasSkipped(id) {
      state.pendingTermination = (.protocolError, "HEADERS on a stream id that was skipped")
    } else if stream(id) == nil {
      if state.endedIDs.contains(id) {
        state.pendingTermination = (.streamClosed, "HEADERS on a stream that the peer had ended")
      }
      // Trailers of a stream that we have reset: once each they are late, without end an attack.
      state.counters.uselessFrames += 1
    }
  }

  /// Bytes of a body have arrived.
  func receiveData(id: Int32, _ range: Range<Int>) {
    guard let stream = stream(id) else {
      _ = unsafe nghttp2_session_consume_connection(raw, range.count)
      return
    }
    state.lastData = (index: state.events.count, id: id, range: range)
    state.events.append(.data(stream, range, endsStream: false))
  }

  /// A DATA frame with END_STREAM is complete. Mostly its bytes are the last event, which then says
  /// both.
  func endOfData(id: Int32) {
    guard let stream = stream(id) else { return }
    stream.state.isRemoteEnded = true
    let last = state.lastData
    if last.index >= 0, last.id == id, last.index == state.events.count - 1 {
      state.events[last.index] = .data(stream, last.range, endsStream: true)
    } else {
      state.events.append(.endOfStream(stream))
    }
  }

  /// The open stream of that id. Frames of one stream mostly follow each other, so the last one that
  /// was opened is tried first.
  private func stream(_ id: Int32) -> HTTP2Stream? {
    if let last = state.lastOpened, last.id == id { return last }
    // SAFETY: a stream's user data is a stream object on the live list.
    return unsafe nghttp2_session_get_stream_user_data(raw, id).map {
      unsafe Unmanaged<HTTP2Stream>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// Our last frame of the stream is on its way.
  func noteSent(_ stream: HTTP2Stream, byteCount: Int) {
    stream.state.sentByteCount += byteCount
    state.sentByteCount += byteCount
    state.outboundByteCount -= byteCount
    if stream.state.sendableByteCount >= stream.state.outbound.byteCount {
      stream.state.sendableByteCount = -1
      state.events.append(.sendable(stream))
    }
  }

  func resetAfterLastFrame(_ stream: HTTP2Stream) {
    guard let code = stream.state.resetWhenSent else { return }
    stream.state.resetWhenSent = nil
    state.pendingResetCount -= 1
    if !stream.isRemoteEnded { reset(stream, code) }
  }

  /// A header block of this stream begins; blocks never interleave (RFC 9113 § 4.3).
  func beginHeaderBlock(of stream: HTTP2Stream) {
    state.headerStream = stream
    if role == .client, state.isAssemblingTrailers != stream.state.hasFinalHeaders {
      state.isAssemblingTrailers.toggle()
      swap(&state.assembly, &state.restingAssembly)
    }
    state.assembly.begin()
  }

  /// The header block that was begun last is far too large: the library is told to pass over the rest of it and
  /// to reset its stream.
  func ignoreHeaderBlock() -> Int32 {
    state.headerStream = nil
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
  }

  /// The header block that was begun last is complete and well-formed.
  func finishHeaderBlock(endsStream: Bool) {
    guard let stream = state.headerStream else { return }
    state.headerStream = nil
    if endsStream { stream.state.isRemoteEnded = true }
    let list = state.assembly.finish()
    // A final response after a 1xx is announced like trailers, so libnghttp2's category is no help.
    if stream.state.hasFinalHeaders {
      stream.state.trailers = list
      state.events.append(.trailers(stream))
    } else if role == .client, !endsStream, list.isInformational {
      return
    } else {
      stream.state.headers = list
      stream.state.hasFinalHeaders = true
      state.events.append(.headers(stream, endsStream: endsStream))
    }
  }
}

extension HeaderBlock {
  /// A response head with status 1xx, after which another head follows.
  var isInformational: Bool {
    guard let first = fields.first, isName(of: first, ":status") else { return false }
    return bytes[first.value].first == UInt8(ascii: "1")
  }
}
