internal import CZlib

/// The bytes that zlib has brought out so far, in an array that doubles as it fills.
struct ZlibOutput {
  /// Room for the first piece: most messages are small.
  private static let firstByteCount = 1024

  private(set) var bytes: [UInt8] = []
  private let byteCountMax: Int

  /// - Parameter byteCountMax: no more room than this is made, and one byte to see that it was too little
  init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

  var isOverLimit: Bool { bytes.count > byteCountMax }

  /// Makes room, lets `step` fill it from the stream, and keeps what it wrote.
  ///
  /// - Returns: what `step` answered, and whether it filled the room: if so, there may be more.
  mutating func grow(
    _ stream: UnsafeMutablePointer<z_stream>, by step: (UnsafeMutablePointer<z_stream>) -> CInt
  ) -> (code: CInt, isFull: Bool) {
    // In this order nothing overflows, whatever the limit is; zlib counts room in 32 bits.
    let wanted = min(max(Self.firstByteCount, bytes.count), Int(UInt32.max))
    let room = min(wanted - 1, byteCountMax - bytes.count) + 1
    var code = Z_OK
    var isFull = false
    bytes.append(addingCapacity: room) { (free: inout OutputSpan<UInt8>) in
      // SAFETY: `room` bytes are free behind the pointer, zlib writes no more than `avail_out` of them,
      // and the pointer is forgotten before the closure ends.
      unsafe free.withUnsafeMutableBufferPointer { buffer, count in
        unsafe stream.pointee.next_out = buffer.baseAddress
        unsafe stream.pointee.avail_out = UInt32(room)
        code = unsafe step(stream)
        count = unsafe room - Int(stream.pointee.avail_out)
        isFull = count == room
        unsafe stream.pointee.next_out = nil
        unsafe stream.pointee.avail_out = 0
      }
    }
    return (code, isFull)
  }
}
