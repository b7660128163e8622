internal import CZlib

/// One zlib compressor, used for one message after another.
@safe
final class Deflater {
  let format: ZlibFormat

  // SAFETY: owned by this object alone, freed in `deinit`. zlib compares the address with the one it was
  // made at, so the structure never moves.
  private let stream: UnsafeMutablePointer<z_stream>

  init(_ format: ZlibFormat) {
    self.format = format
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // The level and the memory are zlib's own defaults: what every peer sends and expects.
    let code = unsafe deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    // Only for want of memory, of which Swift's own containers die too.
    precondition(code == Z_OK, "no memory for a compressor")
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  /// Compresses one message as a whole. The gzip header has no time and no name, so that equal messages
  /// give equal bytes (Q22).
  ///
  /// - Precondition: the message's length fits 32 bits.
  func compress(_ message: Span<UInt8>) -> [UInt8] {
    // The input is not touched after this call: the next one begins with a reset.
    unsafe deflateReset(stream)
    var output = ZlibOutput(byteCountMax: .max)
    // SAFETY: the bytes stay where they are inside the closure, and zlib forgets them before it ends.
    unsafe message.withUnsafeBufferPointer { input in
      unsafe stream.pointee.next_in = input.baseAddress
      unsafe stream.pointee.avail_in = UInt32(input.count)
      var code = Z_OK
      while code == Z_OK {
        code = unsafe output.grow(stream) { unsafe deflate($0, Z_FINISH) }.code
      }
      assert(code == Z_STREAM_END, "with room and all input, zlib has no other answer")
      unsafe stream.pointee.next_in = nil
      unsafe stream.pointee.avail_in = 0
    }
    return output.bytes
  }
}
