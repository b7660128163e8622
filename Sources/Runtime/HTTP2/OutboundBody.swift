/// The bytes of a stream's body that wait to be sent.
///
/// Small pieces are gathered into one buffer, so that a stream of small messages costs a copy each and no
/// allocation; large ones are kept as they are and copied once, into the frame.
struct OutboundBody {
  /// Pieces from this size on stay whole.
  private static let wholeByteCountMin = 4096
  /// A buffer of small pieces that has come this far takes no more: what is sent of it is freed with it.
  private static let gatheredByteCountMax = 64 * 1024
  /// Storage kept from one stream to the next.
  private static let keptByteCountMax = 1024

  private var chunks: [[UInt8]] = []
  /// The first chunk with bytes to send, and how many of it are sent.
  private var first = 0
  private var offset = 0
  /// The last chunk is a buffer of small pieces.
  private var isLastGathered = false
  private(set) var byteCount = 0

  var isEmpty: Bool { byteCount == 0 }

  /// Adds `head`, most significant byte first, and then `body`.
  mutating func append(head: UInt64, headByteCount: Int, body: [UInt8]) {
    let isWhole = body.count >= Self.wholeByteCountMin
    gather { buffer in
      for index in 0..<headByteCount {
        buffer.append(UInt8(truncatingIfNeeded: head >> UInt64(8 * (headByteCount - 1 - index))))
      }
      if !isWhole { buffer.append(contentsOf: body) }
    }
    guard isWhole else { return }
    chunks.append(body)
    isLastGathered = false
    byteCount += body.count
  }

  /// Lets `write` append to the buffer of small pieces; on a throw nothing has been added.
  mutating func gather<Failure: Error>(
    _ write: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    if !isLastGathered || chunks[chunks.count - 1].count >= Self.gatheredByteCountMax {
      chunks.append([])
      isLastGathered = true
    }
    let index = chunks.count - 1
    let before = chunks[index].count
    do throws(Failure) {
      try write(&chunks[index])
    } catch {
      chunks[index].removeSubrange(before...)
      throw error
    }
    byteCount += chunks[index].count - before
  }

  /// Drops everything. What is kept of the storage is small.
  mutating func removeAll() {
    if chunks.count == 1, isLastGathered, chunks[0].capacity <= Self.keptByteCountMax {
      chunks[0].removeAll(keepingCapacity: true)
    } else if !chunks.isEmpty {
      chunks = []
      isLastGathered = false
    }
    first = 0
    offset = 0
    byteCount = 0
  }

  /// Moves bytes to `target`, as many as there are and fit.
  mutating func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    let wanted = min(byteCount, target.count)
    var written = 0
    while written < wanted {
      let taken = min(wanted - written, chunks[first].count - offset)
      unsafe chunks[first].withUnsafeBytes { source in
        // SAFETY: `taken` fits both the rest of the target and the rest of the chunk.
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[written..<written + taken])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + taken]))
      }
      written += taken
      offset += taken
      if offset == chunks[first].count { endOfChunk() }
    }
    byteCount -= written
    return written
  }

  private mutating func endOfChunk() {
    offset = 0
    if first < chunks.count - 1 {
      chunks[first] = []
      first += 1
      // Seldom, so that the sum of all moves stays in proportion to the chunks.
      if first >= 32, first * 2 > chunks.count {
        chunks.removeFirst(first)
        first = 0
      }
      return
    }
    if isLastGathered {
      if chunks.count > 1 {
        chunks.swapAt(0, first)
        chunks.removeSubrange(1...)
      }
      chunks[0].removeAll(keepingCapacity: true)
    } else {
      chunks.removeAll(keepingCapacity: true)
    }
    first = 0
  }
}
