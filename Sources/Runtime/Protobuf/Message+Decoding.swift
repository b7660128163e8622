extension Message {
  /// Reads a message, within ``DecodingLimits/standard``.
  public init(serializedBytes bytes: RawSpan) throws(DecodingError) {
    try self.init(serializedBytes: bytes, limits: .standard)
  }

  /// Reads a message.
  public init(serializedBytes bytes: RawSpan, limits: DecodingLimits) throws(DecodingError) {
    self = try unsafe bytes.withUnsafeBytes { (raw) throws(DecodingError) -> Self in
      try unsafe Self.decode(raw, limits)
    }
  }

  /// Reads a message.
  public init(
    serializedBytes bytes: [UInt8], limits: DecodingLimits = .standard
  ) throws(DecodingError) {
    // SAFETY: bytes have no padding that a raw view could show.
    try unsafe self.init(serializedBytes: bytes.span.bytes, limits: limits)
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, _ limits: DecodingLimits
  ) throws(DecodingError) -> Self {
    guard bytes.count <= limits.messageByteCountMax else { throw DecodingError(.sizeExceeded) }
    guard let start = bytes.baseAddress, unsafe !bytes.isEmpty else { return Self() }
    return try unsafe Arena.withArena(byteCountMax: limits.arenaByteCountMax) {
      (arena) throws(DecodingError) -> Self in
      do throws(DecodingError) {
        var decoder = unsafe WireDecoder(arena, limits: limits)
        let image = try unsafe decoder.decode(
          descriptor.completeLayout, WireCursor(start, end: start + bytes.count))
        return try Self(reading: unsafe ImageReader(image))
      } catch {
        throw descriptor.named(error)
      }
    }
  }
}

extension MessageDescriptor {
  /// The error with the outermost message's name put in front of its path.
  func named(_ error: DecodingError) -> DecodingError {
    var result = error
    result.path = error.path.isEmpty ? fullName : "\(fullName): \(error.path)"
    return result
  }
}
