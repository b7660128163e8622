internal import CNghttp2

/// A header list that is sent many times, laid out once in the form libnghttp2 wants.
///
/// Sending it copies nothing: a queued frame points into it, until libnghttp2 encodes it. A stream holds the one that it
/// begins with. Trailers are held by whoever sends them, and so are a constant of the program.
@safe public final class PreparedHeaders: Sendable {
  // SAFETY: written once in `init`, freed in `deinit`, only read between them.
  nonisolated(unsafe) let fields: UnsafeMutableBufferPointer<nghttp2_nv>
  private nonisolated(unsafe) let bytes: UnsafeMutableBufferPointer<UInt8>
  /// Pseudo-headers, which come before all others.
  let pseudoCount: Int

  /// Prepares the list; names are lower-case already.
  public convenience init(_ list: [(name: String, value: String)]) {
    var block = HeaderBlock()
    for field in list { block.append(field.name, field.value) }
    self.init(block)
  }

  /// Prepares the list.
  public init(_ block: HeaderBlock) {
    let fields = UnsafeMutableBufferPointer<nghttp2_nv>.allocate(capacity: block.fields.count)
    // At least one byte, so that empty text has an address too.
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, block.bytes.count))
    _ = unsafe bytes.initialize(from: block.bytes)
    let base = unsafe bytes.baseAddress.unsafelyUnwrapped
    for (index, field) in block.fields.enumerated() {
      let flags =
        NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
        | (field.isNeverIndexed ? NGHTTP2_NV_FLAG_NO_INDEX.rawValue : 0)
      // SAFETY: there is a place for each field, whose ranges lie within the bytes.
      unsafe fields.initializeElement(
        at: index,
        to: nghttp2_nv(
          name: base + field.name.lowerBound, value: base + field.value.lowerBound,
          namelen: field.name.count, valuelen: field.value.count, flags: UInt8(flags)))
    }
    pseudoCount = block.fields.count { block.bytes[$0.name].first == UInt8(ascii: ":") }
    unsafe self.fields = fields
    unsafe self.bytes = bytes
  }

  deinit {
    unsafe fields.deallocate()
    unsafe bytes.deallocate()
  }
}
