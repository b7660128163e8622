internal import CNghttp2

/// A header list that never changes, laid out once in the form libnghttp2 wants.
///
/// Sending it copies nothing. Its memory is never freed, because a queued frame may still point
/// into it at any time: make these only as constants, one for each list the program knows.
@safe public final class PreparedHeaders: Sendable {
  // SAFETY: written once in `init`, never freed, only read afterwards.
  nonisolated(unsafe) let fields: UnsafeMutableBufferPointer<nghttp2_nv>

  /// Prepares the list; names are lower-case already.
  public init(_ list: [(name: String, value: String)]) {
    let fields = UnsafeMutableBufferPointer<nghttp2_nv>.allocate(capacity: list.count)
    for (index, field) in list.enumerated() {
      // SAFETY: index < list.count, the capacity; the text is copied to immortal memory.
      unsafe fields.initializeElement(
        at: index,
        to: nghttp2_nv(
          name: immortal(field.name), value: immortal(field.value),
          namelen: field.name.utf8.count, valuelen: field.value.utf8.count,
          flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
            | UInt8(NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)))
    }
    unsafe self.fields = fields
  }
}

// SAFETY: the caller keeps the bytes for ever; at least one byte is allocated so that empty text
// has an address too.
private func immortal(_ text: String) -> UnsafeMutablePointer<UInt8> {
  let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.utf8.count))
  _ = unsafe bytes.initialize(from: text.utf8)
  return unsafe bytes.baseAddress.unsafelyUnwrapped
}
