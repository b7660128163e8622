internal import CZlib

/// One zlib decompressor, used for one message after another, of either format.
@safe
final class Inflater {
  // SAFETY: owned by this object alone, freed in `deinit`. zlib compares the address with the one it was
  // made at, so the structure never moves.
  private let stream: UnsafeMutablePointer<z_stream>

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe inflateInit2_(
      stream, ZlibFormat.gzip.windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    // Only for want of memory, of which Swift's own containers die too.
    precondition(code == Z_OK, "no memory for a decompressor")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Decompresses one message, which must be all of `bytes` (Q19).
  ///
  /// - Precondition: the compressed length fits 32 bits.
  func decompress(
    _ bytes: Span<UInt8>, from format: ZlibFormat, byteCountMax: Int
  ) throws(CompressionFault) -> [UInt8] {
    unsafe inflateReset2(stream, format.windowBits)
    // SAFETY: the bytes stay where they are inside the closure, and zlib forgets them before it ends.
    let result: Result<[UInt8], CompressionFault> = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe stream.pointee.next_in = input.baseAddress
      unsafe stream.pointee.avail_in = UInt32(input.count)
      let result = inflateAll(byteCountMax: byteCountMax)
      unsafe stream.pointee.next_in = nil
      unsafe stream.pointee.avail_in = 0
      return result
    }
    return try result.get()
  }

  private func inflateAll(byteCountMax: Int) -> Result<[UInt8], CompressionFault> {
    var output = ZlibOutput(byteCountMax: byteCountMax)
    while true {
      let (code, isFull) = unsafe output.grow(stream) { unsafe inflate($0, Z_NO_FLUSH) }
      if output.isOverLimit { return .failure(.messageTooLarge) }
      switch code {
      case Z_STREAM_END:
        return unsafe stream.pointee.avail_in == 0
          ? .success(output.bytes) : .failure(.trailingBytes)
      case Z_OK, Z_BUF_ERROR:
        // All input is given, so room that is left means that input is what lacks.
        if !isFull { return .failure(.truncated) }
      default:
        // Z_DATA_ERROR; Z_NEED_DICT, for a dictionary that nobody has agreed on; Z_MEM_ERROR.
        return .failure(.corrupt)
      }
    }
  }
}
