internal import CNghttp2

/// libnghttp2's table of callbacks, made once and shared by all sessions (each copies it).
///
/// The functions unwrap the session, note what happened, and return. Submitting frames is allowed in
/// them; receiving and sending are not.
@safe
final class SessionCallbacks: Sendable {
  static let shared = SessionCallbacks()

  // SAFETY: written once, never freed, only read afterwards.
  nonisolated(unsafe) let raw: OpaquePointer?

  private init() {
    var table: OpaquePointer?
    // Out of memory leaves nil here; session_new then fails, which its caller reports.
    _ = unsafe nghttp2_session_callbacks_new(&table)
    unsafe raw = table
    guard let table = unsafe table else { return }
    unsafe nghttp2_session_callbacks_set_on_begin_frame_callback(table, beginFrame)
    unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(table, beginHeaders)
    unsafe nghttp2_session_callbacks_set_on_header_callback2(table, receiveHeader)
    unsafe nghttp2_session_callbacks_set_on_invalid_header_callback2(table, receiveInvalidHeader)
    unsafe nghttp2_session_callbacks_set_unpack_extension_callback(table, receiveUnknownFrame)
    unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(table, receiveFrame)
    unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table, receiveData)
    unsafe nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(table, receiveInvalidFrame)
    unsafe nghttp2_session_callbacks_set_on_frame_send_callback(table, frameSent)
    unsafe nghttp2_session_callbacks_set_on_frame_not_send_callback(table, frameNotSent)
    unsafe nghttp2_session_callbacks_set_on_stream_close_callback(table, streamClosed)
  }
}

// SAFETY of all below: `userData` is the session object, which outlives its C session; a stream's
// user data is a stream object that stays on the live list until `streamClosed`. Both are borrowed
// for the time of the callback instead of retained, because there are about twenty for each request.

private func withSession(
  _ userData: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Int32
) -> Int32 {
  guard let userData = unsafe userData else { return 0 }
  return unsafe Unmanaged<HTTP2Session>.fromOpaque(userData)._withUnsafeGuaranteedRef(body)
}

private func withStream(_ raw: OpaquePointer?, _ id: Int32, _ body: (HTTP2Stream) -> Void) {
  guard let opaque = unsafe nghttp2_session_get_stream_user_data(raw, id) else { return }
  unsafe Unmanaged<HTTP2Stream>.fromOpaque(opaque)._withUnsafeGuaranteedRef(body)
}

private func beginFrame(
  _ raw: OpaquePointer?, _ header: UnsafePointer<nghttp2_frame_hd>?,
  _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let header = unsafe header?.pointee else { return 0 }
  return unsafe withSession(userData) { session in
    session.noteFrame(
      type: header.type, flags: header.flags, id: header.stream_id, length: header.length)
    return 0
  }
}

private func beginHeaders(
  _ raw: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?,
  _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let frame = unsafe frame else { return 0 }
  let id = unsafe frame.pointee.hd.stream_id
  let isRequest = unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
  return unsafe withSession(userData) { session in
    if session.role == .server, isRequest {
      let new = session.openStream(id: id)
      session.state.openedIDs.open(id)
      unsafe nghttp2_session_set_stream_user_data(
        raw, id, Unmanaged.passUnretained(new).toOpaque())
      session.beginHeaderBlock(of: new)
    } else {
      unsafe withStream(raw, id) { session.beginHeaderBlock(of: $0) }
    }
    return 0
  }
}

private func receiveHeader(
  _ raw: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?, _ name: OpaquePointer?,
  _ value: OpaquePointer?, _ flags: UInt8, _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  let name = unsafe nghttp2_rcbuf_get_buf(name)
  let value = unsafe nghttp2_rcbuf_get_buf(value)
  return unsafe withSession(userData) { session in
    let isKept = unsafe session.state.assembly.append(
      name: UnsafeRawBufferPointer(start: name.base, count: name.len),
      value: UnsafeRawBufferPointer(start: value.base, count: value.len))
    return isKept ? 0 : session.ignoreHeaderBlock()
  }
}

/// A field that the library leaves out, as one without a name (CVE-2019-9516). It counts like the others, or
/// a list of nothing else would have no end.
private func receiveInvalidHeader(
  _ raw: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?, _ name: OpaquePointer?,
  _ value: OpaquePointer?, _ flags: UInt8, _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  let byteCount =
    unsafe nghttp2_rcbuf_get_buf(name).len + nghttp2_rcbuf_get_buf(value).len
  return unsafe withSession(userData) { session in
    let isBearable = session.state.assembly.count(fieldByteCount: byteCount)
    return isBearable ? 0 : session.ignoreHeaderBlock()
  }
}

/// A frame of a type that nobody here knows is ignored (RFC 9113 § 4.1); `beginFrame` has counted it.
private func receiveUnknownFrame(
  _ raw: OpaquePointer?, _ payload: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
  _ header: UnsafePointer<nghttp2_frame_hd>?, _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  NGHTTP2_ERR_CANCEL.rawValue
}

private func receiveFrame(
  _ raw: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?,
  _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let frame = unsafe frame else { return 0 }
  let header = unsafe frame.pointee.hd
  let endsStream = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
  let isAcknowledgement = header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0
  return unsafe withSession(userData) { session in
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_DATA:
      if endsStream {
        session.endOfData(id: header.stream_id)
      } else if header.length > 0, unsafe header.length == frame.pointee.data.padlen {
        // All of it is padding, so it is as empty as one without bytes, which `beginFrame` counts.
        session.state.counters.uselessFrames += 1
      }
    case NGHTTP2_HEADERS:
      session.finishHeaderBlock(endsStream: endsStream)
    case NGHTTP2_RST_STREAM:
      if session.role == .server { session.state.endedIDs.note(header.stream_id) }
    case NGHTTP2_SETTINGS:
      if !isAcknowledgement { session.state.events.append(.settings) }
    case NGHTTP2_PING:
      if isAcknowledgement {
        let bytes = unsafe frame.pointee.ping.opaque_data
        let payload = unsafe withUnsafeBytes(of: bytes) {
          unsafe $0.loadUnaligned(as: UInt64.self)
        }
        session.state.events.append(.pingAcknowledged(UInt64(bigEndian: payload)))
      }
    case NGHTTP2_GOAWAY:
      let goAway = unsafe frame.pointee.goaway
      let debug = unsafe [UInt8](
        UnsafeBufferPointer(start: goAway.opaque_data, count: goAway.opaque_data_len))
      unsafe session.state.events.append(
        .goAway(
          lastStreamID: goAway.last_stream_id, HTTP2ErrorCode(rawValue: goAway.error_code),
          debugData: debug))
    default:
      break
    }
    return 0
  }
}

private func receiveData(
  _ raw: OpaquePointer?, _ flags: UInt8, _ id: Int32, _ data: UnsafePointer<UInt8>?,
  _ count: Int, _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let data = unsafe data else { return 0 }
  return unsafe withSession(userData) { session in
    guard let base = unsafe session.state.inputBase else { return 0 }
    // SAFETY: libnghttp2 hands DATA out in place, so both point into the bytes being received.
    let start = unsafe UnsafeRawPointer(data) - base
    session.receiveData(id: id, start..<start + count)
    return 0
  }
}

private func receiveInvalidFrame(
  _ raw: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?, _ code: Int32,
  _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  let id = unsafe frame?.pointee.hd.stream_id ?? 0
  return unsafe withSession(userData) { session in
    if code == NGHTTP2_ERR_REFUSED_STREAM.rawValue {
      // One too many before the client has read how many there may be; that is no malice yet.
      session.state.counters.uselessFrames += 1
    } else {
      session.state.counters.forcedResets += 1
      // The reset that follows is the same fault, and not to be counted again as it leaves.
      unsafe withStream(raw, id) { $0.state.hasRequestedReset = true }
    }
    session.state.headerStream = nil
    return 0
  }
}

private func frameSent(
  _ raw: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?,
  _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let header = unsafe frame?.pointee.hd else { return 0 }
  return unsafe withSession(userData) { session in
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_DATA, NGHTTP2_HEADERS:
      session.state.counters.noteSent(limits: session.limits)
      if session.role == .client, nghttp2_frame_type(UInt32(header.type)) == NGHTTP2_HEADERS {
        unsafe withStream(raw, header.stream_id) { $0.state.hasSentHeaders = true }
      }
      if session.state.pendingResetCount > 0,
        header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
      {
        unsafe withStream(raw, header.stream_id) { session.resetAfterLastFrame($0) }
      }
    case NGHTTP2_RST_STREAM:
      unsafe withStream(raw, header.stream_id) {
        if !$0.state.hasRequestedReset { session.state.counters.forcedResets += 1 }
      }
    case NGHTTP2_GOAWAY:
      if let payload = session.state.pingBehindGoAway {
        session.state.pingBehindGoAway = nil
        session.ping(payload)
      }
    default:
      break
    }
    return 0
  }
}

/// The library gives up without a word what it cannot send, as a header list beyond its limit. A client would
/// wait for ever, so the stream ends; of a request that was never sent the library ends it itself.
private func frameNotSent(
  _ raw: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?, _ code: Int32,
  _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  guard let header = unsafe frame?.pointee.hd else { return 0 }
  return unsafe withSession(userData) { session in
    if session.role == .server, nghttp2_frame_type(UInt32(header.type)) == NGHTTP2_HEADERS,
      code == NGHTTP2_ERR_FRAME_SIZE_ERROR.rawValue
    {
      unsafe withStream(raw, header.stream_id) { stream in
        if !stream.state.hasRequestedReset { session.reset(stream, .internalError) }
      }
    }
    return 0
  }
}

private func streamClosed(
  _ raw: OpaquePointer?, _ id: Int32, _ code: UInt32, _ userData: UnsafeMutableRawPointer?
) -> Int32 {
  unsafe withSession(userData) { session in
    unsafe withStream(raw, id) { stream in
      session.closeStream(stream)
      session.state.events.append(.closed(stream, HTTP2ErrorCode(rawValue: code)))
    }
    return 0
  }
}

/// Fills a DATA frame from what waits on the stream, and ends our side of it when that is due.
func readOutboundBody(
  _ raw: OpaquePointer?, _ id: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int,
  _ flags: UnsafeMutablePointer<UInt32>?, _ source: UnsafeMutablePointer<nghttp2_data_source>?,
  _ userData: UnsafeMutableRawPointer?
) -> Int {
  guard let opaque = unsafe source?.pointee.ptr, let flags = unsafe flags else {
    return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
  }
  return unsafe Unmanaged<HTTP2Stream>.fromOpaque(opaque)._withUnsafeGuaranteedRef { stream in
    let count = unsafe stream.state.outbound.read(
      into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
    _ = unsafe withSession(userData) { session in
      session.noteSent(stream, byteCount: count)
      return 0
    }
    guard stream.state.outbound.isEmpty else { return count }
    switch stream.state.outboundEnd {
    case .open:
      if count == 0 {
        stream.state.isDeferred = true
        return Int(NGHTTP2_ERR_DEFERRED.rawValue)
      }
    case .endOfStream:
      unsafe flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
    case .trailers(let fields):
      unsafe flags.pointee |=
        NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      let result = unsafe withSession(userData) { session in
        unsafe session.withFields(fields) { fields in
          unsafe nghttp2_submit_trailer(raw, id, fields.baseAddress, fields.count)
        }
      }
      if result != 0 {
        // The reset that follows is our own doing.
        stream.state.hasRequestedReset = true
        return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
      }
    }
    return count
  }
}
