/// Bytes waiting to be sent on one stream: chunks in order, each with a short head in front.
///
/// The head spares a copy where a message needs a length in front of it.
struct OutboundBody {
  private struct Chunk {
    var head: UInt64
    var headByteCount: Int
    var body: [UInt8]
  }

  private var chunks: [Chunk] = []
  private var chunkIndex = 0
  /// Bytes of the current chunk already taken, head included.
  private var offset = 0
  private(set) var byteCount = 0

  var isEmpty: Bool { byteCount == 0 }

  /// Adds up to 8 bytes of `head`, most significant first, then the body.
  mutating func append(head: UInt64, headByteCount: Int, body: [UInt8]) {
    guard headByteCount + body.count > 0 else { return }
    chunks.append(Chunk(head: head, headByteCount: headByteCount, body: body))
    byteCount += headByteCount + body.count
  }

  mutating func removeAll() {
    chunks.removeAll(keepingCapacity: true)
    chunkIndex = 0
    offset = 0
    byteCount = 0
  }

  /// Moves as many bytes as fit into `target`; answers how many.
  mutating func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    while written < target.count, chunkIndex < chunks.count {
      let chunk = chunks[chunkIndex]
      while offset < chunk.headByteCount, written < target.count {
        let shift = UInt64(8 * (chunk.headByteCount - 1 - offset))
        unsafe target[written] = UInt8(truncatingIfNeeded: chunk.head >> shift)
        written += 1
        offset += 1
      }
      guard offset >= chunk.headByteCount else { break }
      let bodyStart = offset - chunk.headByteCount
      let taken = min(target.count - written, chunk.body.count - bodyStart)
      if taken > 0 {
        unsafe chunk.body.withUnsafeBytes { source in
          // SAFETY: `taken` fits both the rest of the target and the rest of the body.
          unsafe UnsafeMutableRawBufferPointer(rebasing: target[written..<written + taken])
            .copyMemory(
              from: UnsafeRawBufferPointer(rebasing: source[bodyStart..<bodyStart + taken]))
        }
        written += taken
        offset += taken
      }
      if offset == chunk.headByteCount + chunk.body.count {
        chunkIndex += 1
        offset = 0
      }
    }
    byteCount -= written
    if byteCount == 0 { removeAll() }
    return written
  }
}
