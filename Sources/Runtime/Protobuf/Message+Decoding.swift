extension Message {
  /// Reads a message, within ``DecodingLimits/standard``.
  public init(serializedBytes bytes: RawSpan) throws(DecodingError) {
    try self.init(serializedBytes: bytes, limits: .standard)
  }

  /// Reads a message.
  public init(
    serializedBytes bytes: [UInt8], limits: DecodingLimits = .standard
  ) throws(DecodingError) {
    // SAFETY: bytes have no padding that a raw view could show.
    try unsafe self.init(serializedBytes: bytes.span.bytes, limits: limits)
  }

  /// Reads a message.
  public init(serializedBytes bytes: RawSpan, limits: DecodingLimits) throws(DecodingError) {
    do throws(DecodingError) {
      self = try unsafe bytes.withUnsafeBytes { (raw) throws(DecodingError) -> Self in
        let image = try unsafe DecodedImage(Self.descriptor, raw, limits)
        return try image.read(as: Self.self)
      }
    } catch {
      throw error.named(Self.descriptor)
    }
  }
}

extension DecodingError {
  /// The error with the outermost message's name put in front of its path.
  func named(_ descriptor: MessageDescriptor) -> DecodingError {
    var result = self
    result.path = path.isEmpty ? descriptor.fullName : "\(descriptor.fullName): \(path)"
    return result
  }
}
