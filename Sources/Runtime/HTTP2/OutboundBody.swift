/// Bytes waiting to be sent on one stream: chunks in order, each with a short head in front.
///
/// The head spares a copy where a message needs a length in front of it.
struct OutboundBody {
  private struct Chunk {
    var head: UInt64
    var headByteCount: Int
    var body: [UInt8]
  }

  /// The chunk that is being read. Most bodies are one chunk, which so needs no queue.
  private var current: Chunk?
  private var later: [Chunk] = []
  /// Bytes of the current chunk already taken, head included.
  private var offset = 0
  private(set) var byteCount = 0

  var isEmpty: Bool { byteCount == 0 }

  /// Adds up to 8 bytes of `head`, most significant first, then the body.
  mutating func append(head: UInt64, headByteCount: Int, body: [UInt8]) {
    guard headByteCount + body.count > 0 else { return }
    let chunk = Chunk(head: head, headByteCount: headByteCount, body: body)
    if current == nil { current = chunk } else { later.append(chunk) }
    byteCount += headByteCount + body.count
  }

  mutating func removeAll() {
    current = nil
    if !later.isEmpty { later.removeAll() }
    offset = 0
    byteCount = 0
  }

  /// Moves as many bytes as fit into `target`; answers how many.
  mutating func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    while let chunk = current {
      written += unsafe read(
        chunk, into: UnsafeMutableRawBufferPointer(rebasing: target[written...]))
      if offset < chunk.headByteCount + chunk.body.count { break }
      offset = 0
      current = later.isEmpty ? nil : later.removeFirst()
    }
    byteCount -= written
    return written
  }

  /// Moves what is left of the chunk, as far as it fits.
  private mutating func read(_ chunk: Chunk, into target: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    while offset < chunk.headByteCount, written < target.count {
      let shift = UInt64(8 * (chunk.headByteCount - 1 - offset))
      unsafe target[written] = UInt8(truncatingIfNeeded: chunk.head >> shift)
      written += 1
      offset += 1
    }
    guard offset >= chunk.headByteCount else { return written }
    let start = offset - chunk.headByteCount
    let taken = min(target.count - written, chunk.body.count - start)
    if taken > 0 {
      unsafe chunk.body.withUnsafeBytes { source in
        // SAFETY: `taken` fits both the rest of the target and the rest of the body.
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[written..<written + taken])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + taken]))
      }
      written += taken
      offset += taken
    }
    return written
  }
}
