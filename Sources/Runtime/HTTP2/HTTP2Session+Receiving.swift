internal import CNghttp2

// What the callbacks call: small steps that touch only our own state.
extension HTTP2Session {
  /// Counts a frame that is just beginning.
  func noteFrame(type: UInt8, flags: UInt8, id: Int32, length: Int) {
    switch nghttp2_frame_type(UInt32(type)) {
    case NGHTTP2_HEADERS:
      counters.noteTraffic()
    case NGHTTP2_DATA:
      counters.noteTraffic()
      if length == 0, flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) == 0 {
        counters.uselessFrames += 1
      }
    case NGHTTP2_PING:
      if flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { counters.notePing() }
    case NGHTTP2_SETTINGS:
      if flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { counters.settingsFrames += 1 }
    case NGHTTP2_RST_STREAM, NGHTTP2_GOAWAY, NGHTTP2_WINDOW_UPDATE, NGHTTP2_CONTINUATION:
      break
    default:
      counters.uselessFrames += 1
    }
  }

  /// A header block of this stream begins; blocks never interleave (RFC 9113 § 4.3).
  func beginHeaderBlock(of stream: HTTP2Stream) {
    headerStream = stream
    // A final response after a 1xx is announced like trailers, so libnghttp2's category is no help.
    headerGoesToTrailers = stream.hasFinalHeaders
    if !headerGoesToTrailers { stream.headers.removeAll() }
  }

  /// Counts a field and then keeps it, if the list is within its limits.
  ///
  /// - Returns: false when the list is so far over that the stream must be reset.
  func keepHeader(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
    guard let stream = headerStream else { return true }
    if headerGoesToTrailers {
      return unsafe keep(name, value, in: &stream.trailers)
    }
    return unsafe keep(name, value, in: &stream.headers)
  }

  private func keep(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, in block: inout HeaderBlock
  ) -> Bool {
    block.count(nameByteCount: name.count, valueByteCount: value.count)
    if block.listByteCount > limits.headerListByteCountMax
      || block.seenCount > limits.headerFieldCountMax
    {
      block.isOversized = true
      return block.listByteCount <= 2 * limits.headerListByteCountMax
        && block.seenCount <= 2 * limits.headerFieldCountMax
    }
    unsafe block.appendCounted(name: name, value: value)
    return true
  }

  /// The header block that was begun last is complete and well-formed.
  func finishHeaderBlock(endsStream: Bool) {
    guard let stream = headerStream else { return }
    headerStream = nil
    if endsStream { stream.isRemoteEnded = true }
    if headerGoesToTrailers {
      events.append(.trailers(stream))
    } else if role == .client, !endsStream, stream.headers.isInformational {
      return
    } else {
      stream.hasFinalHeaders = true
      events.append(.headers(stream, endsStream: endsStream))
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
