internal import RPCCore

/// Compresses and decompresses messages, and keeps zlib's memory from one to the next.
///
/// A message's result depends on the message alone: what is kept is memory, never history (Q22). One
/// compressor and one decompressor are made when first needed, about 262 KiB and 39 KiB, and serve all
/// encodings: make one scratch for each event loop, for all its connections. It belongs to one
/// thread.
public final class CompressionScratch {
  private var deflater: Deflater?
  private var inflater: Inflater?

  public init() {}

  /// Compresses one message.
  ///
  /// The result can be longer than the message, by 0.1 % and 32 bytes at most; whoever cares compares.
  ///
  /// - Precondition: the message's length fits 32 bits, as its prefix demands.
  public func compress(_ message: Span<UInt8>, as encoding: MessageEncoding) -> [UInt8] {
    guard let format = ZlibFormat(encoding) else { return Array(copying: message) }
    return deflater(for: format).compress(message)
  }

  /// Decompresses one message.
  ///
  /// Memory grows with what comes out, never with what is declared, and at most to the limit and one
  /// byte: a ratio of one to a thousand is honest in a message of zeros, so none is refused (T14).
  ///
  /// - Parameter byteCountMax: the largest result accepted, in bytes
  /// - Precondition: the compressed length fits 32 bits, as its prefix makes sure.
  public func decompress(
    _ bytes: Span<UInt8>, from encoding: MessageEncoding, byteCountMax: Int
  ) throws(CompressionFault) -> [UInt8] {
    guard let format = ZlibFormat(encoding) else {
      if bytes.count > byteCountMax { throw .messageTooLarge }
      return Array(copying: bytes)
    }
    let inflater = self.inflater ?? Inflater()
    self.inflater = inflater
    return try inflater.decompress(bytes, from: format, byteCountMax: byteCountMax)
  }

  /// zlib can change the format of a decompressor, not of a compressor: the one used last is kept.
  private func deflater(for format: ZlibFormat) -> Deflater {
    if let deflater, deflater.format == format { return deflater }
    let made = Deflater(format)
    deflater = made
    return made
  }
}

extension [UInt8] {
  fileprivate init(copying span: Span<UInt8>) {
    self.init()
    append(contentsOf: span)
  }
}
