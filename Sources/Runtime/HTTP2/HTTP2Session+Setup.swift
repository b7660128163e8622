internal import CNghttp2

extension HTTP2Session {
  /// Types below are those of RFC 9113 § 6.
  private static let firstUnknownFrameType: UInt8 = 10

  /// Makes the C session with our options; nil when memory is out.
  static func makeRaw(role: Role, limits: HTTP2Limits, memory: borrowing SessionMemory)
    -> OpaquePointer?
  {
    var option: OpaquePointer?
    guard unsafe nghttp2_option_new(&option) == 0, let option = unsafe option else { return nil }
    defer { unsafe nghttp2_option_del(option) }
    unsafe nghttp2_option_set_no_auto_window_update(option, 1)
    unsafe nghttp2_option_set_no_closed_streams(option, 1)
    unsafe nghttp2_option_set_max_outbound_ack(option, limits.outboundAcknowledgementCountMax)
    unsafe nghttp2_option_set_max_settings(option, limits.settingsEntryCountMax)
    unsafe nghttp2_option_set_max_continuations(option, limits.continuationCountMax)
    unsafe nghttp2_option_set_stream_reset_rate_limit(
      option, UInt64(limits.streamResetBurst), UInt64(limits.streamResetPerSecond))
    // What we say of a call is little; a quarter of the usual table holds it, in a quarter of the memory.
    unsafe nghttp2_option_set_max_deflate_dynamic_table_size(option, 1024)
    // Peers send values with outer spaces, which gRPC says to strip (rule Q14), not to reject.
    unsafe nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1)
    unsafe nghttp2_option_set_max_send_header_block_length(
      option, limits.sentHeaderBlockByteCountMax)
    unsafe nghttp2_option_set_peer_max_concurrent_streams(
      option, UInt32(clamping: limits.concurrentStreamCountMax))
    // The library says nothing of frames it does not know, unless it is told that we do (attack T8).
    for type in Self.firstUnknownFrameType...UInt8.max {
      unsafe nghttp2_option_set_user_recv_extension_type(option, type)
    }

    var session: OpaquePointer?
    let callbacks = unsafe SessionCallbacks.shared.raw
    var functions = unsafe memory.functions
    let result =
      switch role {
      case .client: unsafe nghttp2_session_client_new3(&session, callbacks, nil, option, &functions)
      case .server: unsafe nghttp2_session_server_new3(&session, callbacks, nil, option, &functions)
      }
    memory.complete()
    return unsafe result == 0 ? session : nil
  }

  /// SETTINGS, and the connection window that SETTINGS cannot change (RFC 9113 § 6.9.2).
  func submitFirstSettings() throws(HTTP2SessionError) {
    func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
      nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
    }
    var entries = [
      entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.concurrentStreamCountMax),
      entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindowByteCount),
      entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.headerListByteCountMax),
      entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
    ]
    if role == .client { entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0)) }
    var result = unsafe nghttp2_submit_settings(
      raw, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
    if result == 0 {
      result = unsafe nghttp2_session_set_local_window_size(
        raw, 0, 0, Int32(clamping: limits.connectionWindowByteCount))
    }
    if result != 0 { throw HTTP2SessionError(message(of: result)) }
  }

  /// libnghttp2's own words for one of its error codes.
  func message(of code: Int32) -> String {
    // SAFETY: the text is a constant of the library.
    unsafe String(cString: nghttp2_strerror(code))
  }
}
