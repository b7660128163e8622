extension Message {
  /// Runs `body` with a view of this message.
  ///
  /// - Throws: what `body` throws, and ``EncodingError`` when the message is nested too deeply.
  public func withView<Result>(
    _ body: (borrowing MessageView) throws -> Result
  ) throws -> Result {
    try EncodedImage(self).withView(body)
  }
}

extension MessageDescriptor {
  /// Runs `body` with a view of a serialized message, for which no Swift type is needed.
  ///
  /// - Throws: what `body` throws, and ``DecodingError``.
  public func withView<Result>(
    of bytes: [UInt8], limits: DecodingLimits = .standard,
    _ body: (borrowing MessageView) throws -> Result
  ) throws -> Result {
    // SAFETY: the image points into `bytes` and ends with the closure.
    try unsafe bytes.withUnsafeBytes { raw in
      do {
        return try unsafe DecodedImage(self, raw, limits).withView(body)
      } catch let error as DecodingError {
        throw error.named(self)
      }
    }
  }
}
