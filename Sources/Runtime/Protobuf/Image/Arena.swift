internal import CProtobufC

/// Memory for one image: allocation moves a pointer, nothing is freed before all of it is.
///
/// It starts in the caller's stack frame, which is enough for a small message, goes on in heap chunks
/// that double, and says no past its budget. libprotobuf-c allocates from it too, as its
/// `ProtobufCAllocator`; a refusal there makes `unpack` return NULL.
@safe
struct Arena: ~Copyable {
  private var cursor: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer
  /// Heap chunks, each beginning with a pointer to the one before.
  private var chunks: UnsafeMutableRawPointer?
  private var nextChunkByteCount = 4096
  /// What is left of the budget.
  private var byteCountLeft: Int
  /// Whether an allocation was ever refused.
  private(set) var isExhausted = false
  /// How deeply messages are nested in the value being written.
  var writingDepth = 0
  /// Big buffers that the image points into; holding them keeps them in place and unchanged.
  private var retained: [any Sendable] = []

  private init(stack: UnsafeMutableRawBufferPointer, byteCountMax: Int) {
    // SAFETY: the buffer is not empty, and outlives the arena: see `withArena`.
    unsafe cursor = stack.baseAddress.unsafelyUnwrapped
    unsafe end = unsafe cursor + stack.count
    byteCountLeft = byteCountMax
  }

  deinit {
    var chunk = unsafe chunks
    while let known = unsafe chunk {
      // SAFETY: every chunk was made by `allocateElsewhere` and begins with a link to the one before.
      unsafe chunk = known.load(as: UnsafeMutableRawPointer?.self)
      unsafe known.deallocate()
    }
  }

  /// Runs `body` with an arena that hands out at most `byteCountMax` bytes.
  @inline(__always)
  static func withArena<Result, Failure: Error>(
    byteCountMax: Int, _ body: (UnsafeMutablePointer<Arena>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // 1,024 bytes is the most that is certain to lie in the stack frame.
    try unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) {
      (stack: UnsafeMutableRawBufferPointer) throws(Failure) -> Result in
      var arena = unsafe Arena(stack: stack, byteCountMax: byteCountMax)
      // SAFETY: the pointer is used only inside `body`, while `arena` is alive and does not move.
      return try unsafe withUnsafeMutablePointer(to: &arena, body)
    }
  }

  /// `count` bytes at an address divisible by 8, with any content; `nil` past the budget.
  @inline(__always)
  mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    let rounded = (count &+ 7) & ~7
    // SAFETY: `cursor` and `end` are bounds of one buffer.
    guard unsafe rounded <= end - cursor, rounded <= byteCountLeft, count >= 0 else {
      return unsafe allocateElsewhere(count)
    }
    byteCountLeft -= rounded
    let result = unsafe cursor
    unsafe cursor += rounded
    return unsafe result
  }

  @inline(never)
  private mutating func allocateElsewhere(_ count: Int) -> UnsafeMutableRawPointer? {
    guard count >= 0, count <= byteCountLeft - 8 else {
      isExhausted = true
      return nil
    }
    let rounded = (count + 7) & ~7
    let byteCount = max(rounded, min(nextChunkByteCount, byteCountLeft))
    nextChunkByteCount = min(nextChunkByteCount * 2, 1 << 20)
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 16, alignment: 16)
    // SAFETY: the chunk has room for the link and for `byteCount` bytes behind it.
    unsafe chunk.storeBytes(of: chunks, as: UnsafeMutableRawPointer?.self)
    unsafe chunks = chunk
    unsafe cursor = chunk + 16
    unsafe end = unsafe cursor + byteCount
    byteCountLeft -= rounded
    let result = unsafe cursor
    unsafe cursor += rounded
    return unsafe result
  }

  /// Makes an allocation longer where it lies, which works when it was the last one.
  mutating func extend(
    _ allocation: UnsafeMutableRawPointer, from count: Int, to newCount: Int
  ) -> Bool {
    let old = (count + 7) & ~7
    let new = (newCount + 7) & ~7
    // SAFETY: only addresses are compared.
    guard unsafe allocation + old == cursor, unsafe new - old <= end - cursor,
      new - old <= byteCountLeft
    else { return false }
    unsafe cursor += new - old
    byteCountLeft -= new - old
    return true
  }

  /// `count` zero bytes.
  @inline(__always)
  mutating func allocateZeroed(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let memory = unsafe allocate(count) else { return nil }
    // SAFETY: just allocated with this size.
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    return unsafe memory
  }

  /// Keeps a value alive for as long as the image.
  mutating func retain(_ value: any Sendable) {
    retained.append(value)
  }
}

extension ProtobufCAllocator {
  /// The library allocates from the arena and frees nothing.
  static func arena(_ arena: UnsafeMutablePointer<Arena>) -> ProtobufCAllocator {
    unsafe ProtobufCAllocator(
      alloc: { data, count in
        // SAFETY: `allocator_data` is the arena below, alive for the whole call into the library.
        unsafe data?.assumingMemoryBound(to: Arena.self).pointee.allocate(count)
      },
      free: { _, _ in },
      allocator_data: UnsafeMutableRawPointer(arena))
  }
}
