internal import CNghttp2

/// Where a libnghttp2 session lays what it keeps for all its life, so that an idle connection costs few pages.
///
/// The library's frame buffer has 16 KiB, of which a connection that says little uses the first hundred
/// bytes. Wherever `malloc` puts it, the rest of the page it begins in and a part of the one it ends in lie
/// idle in memory: 4 KiB, a quarter of all that a connection costs. Here other pieces of the session fill a
/// page but for its end, the frame buffer begins in that end, and the whole pages behind it stay untouched
/// until a large frame leaves.
@safe
struct SessionMemory: ~Copyable {
  // SAFETY: owned here alone, given back in `deinit`. It begins with its own `Head`.
  private let block: UnsafeMutableRawPointer

  /// Nil when memory is out.
  init?() {
    // Page for page, so that no other memory lies in the same ones.
    guard let block = unsafe aligned_alloc(pageByteCount, blockByteCount) else { return nil }
    unsafe block.initializeMemory(as: Int.self, to: headByteCount)
    unsafe self.block = block
  }

  deinit {
    unsafe free(block)
  }

  /// The library's view of it; good as long as this value.
  var functions: nghttp2_mem {
    unsafe nghttp2_mem(
      mem_user_data: block, malloc: allocate, free: deallocate, calloc: allocateZeros,
      realloc: reallocate)
  }

  /// The session is made: what it asks for from now on it gives back before its end, so `malloc` serves that.
  func complete() {
    unsafe block.storeBytes(of: blockByteCount, as: Int.self)
  }
}

private let pageByteCount = 4096
/// The frame buffer, and nothing else that a session begins with, has room for a whole frame.
private let framePayloadByteCount = 1 << 14
private let blockByteCount = pageByteCount + framePayloadByteCount
/// The block's first bytes say how many of them are taken; these too.
private let headByteCount = 16
/// Left of the first page for the frame buffer: SETTINGS, PING and their like fit.
private let frameStartByteCount = 128

// SAFETY of all below: `block` is a memory's block, which outlives its session. A piece of it is never given
// back by itself, so nothing is ever handed out twice.

/// A piece of the block; nil when there is no room, or when the piece does not belong there.
private func piece(
  _ byteCount: Int, of block: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer? {
  let start = unsafe block.load(as: Int.self)
  let isFrameBuffer = byteCount > framePayloadByteCount
  let limit = isFrameBuffer ? blockByteCount : pageByteCount - frameStartByteCount
  guard start < limit, byteCount <= limit - start else { return nil }
  unsafe block.storeBytes(of: (start + byteCount + 15) & ~15, as: Int.self)
  return unsafe block + start
}

/// Bytes from there to the end of the block; nil for a place elsewhere.
private func byteCount(
  from place: UnsafeMutableRawPointer, in block: UnsafeMutableRawPointer
) -> Int? {
  let offset = unsafe place - block
  return offset >= 0 && offset < blockByteCount ? blockByteCount - offset : nil
}

private func allocate(
  _ count: Int, _ block: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer? {
  guard let block = unsafe block else { return nil }
  return unsafe piece(count, of: block) ?? malloc(count)
}

private func allocateZeros(
  _ count: Int, _ size: Int, _ block: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer? {
  let (total, overflows) = count.multipliedReportingOverflow(by: size)
  guard let block = unsafe block, !overflows else { return nil }
  guard let piece = unsafe piece(total, of: block) else { return unsafe calloc(count, size) }
  unsafe piece.initializeMemory(as: UInt8.self, repeating: 0, count: total)
  return unsafe piece
}

private func deallocate(_ place: UnsafeMutableRawPointer?, _ block: UnsafeMutableRawPointer?) {
  guard let place = unsafe place, let block = unsafe block else { return }
  if unsafe byteCount(from: place, in: block) == nil { unsafe free(place) }
}

private func reallocate(
  _ place: UnsafeMutableRawPointer?, _ count: Int, _ block: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer? {
  guard let place = unsafe place, let block = unsafe block else {
    return unsafe allocate(count, block)
  }
  guard let available = unsafe byteCount(from: place, in: block) else {
    return unsafe realloc(place, count)
  }
  guard let moved = unsafe malloc(count) else { return nil }
  // Up to the end of the block, since the length of a piece is not kept.
  unsafe moved.copyMemory(from: place, byteCount: min(count, available))
  return unsafe moved
}
