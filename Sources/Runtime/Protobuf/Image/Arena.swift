internal import CProtobufC

/// Memory for one image: allocation moves a pointer, nothing is freed before all of it is.
///
/// It begins with one small chunk, enough for a small message, goes on with chunks that double, and
/// says no past its budget. libprotobuf-c allocates from it too, as its `ProtobufCAllocator`; a
/// refusal there makes `unpack` return NULL.
///
/// The arena's own state lies at the start of its first chunk, so that it has an address that the
/// library and every writer of an inner image can hold.
@safe
struct Arena: ~Copyable {
  let state: UnsafeMutablePointer<ArenaState>

  /// Whether the first chunk is the heap's, and not the stack's.
  private let ownsFirstChunk: Bool

  /// As much as Swift puts on any stack unasked, and as malloc serves from its per-thread cache: glibc
  /// keeps chunks of up to 1,032 bytes there.
  private static let firstChunkByteCount = 1024

  /// An arena that hands out at most `byteCountMax` bytes.
  init(byteCountMax: Int) {
    let chunk = UnsafeMutableRawPointer.allocate(
      byteCount: Self.firstChunkByteCount, alignment: 8)
    // SAFETY: just allocated with this size.
    unsafe self.init(chunk, owned: true, byteCountMax)
  }

  /// Runs `body` with an arena that begins on the stack, so that a small message takes no memory of the
  /// heap. Measured on one of 18 bytes: 56 ns to encode it instead of 63.
  ///
  /// Decoding does not: the allocation hands on what `body` returns in a `Result`, and for a generic
  /// value that costs more (117 ns) than an allocation (67 ns). Nor are chunks tails of objects
  /// (`ManagedBuffer`): making and ending an object took 22 ns more than plain memory.
  @inline(__always)
  static func withStackArena<Result, Failure: Error>(
    byteCountMax: Int, _ body: (consuming Arena) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: the arena cannot be copied and is consumed by `body`, which ends before the chunk does.
    try unsafe withUnsafeTemporaryAllocation(byteCount: Self.firstChunkByteCount, alignment: 8) {
      (chunk) throws(Failure) -> Result in
      try unsafe body(Arena(chunk.baseAddress.unsafelyUnwrapped, owned: false, byteCountMax))
    }
  }

  /// - Parameter chunk: of the size above, aligned to 8.
  @unsafe
  @inline(__always)
  private init(_ chunk: UnsafeMutableRawPointer, owned: Bool, _ byteCountMax: Int) {
    let stateByteCount = (MemoryLayout<ArenaState>.size + 15) & ~15
    // SAFETY: the chunk has room for the state and the rest is handed out.
    unsafe state = unsafe chunk.bindMemory(to: ArenaState.self, capacity: 1)
    unsafe state.initialize(
      to: ArenaState(
        cursor: chunk + stateByteCount, end: chunk + Self.firstChunkByteCount,
        byteCountLeft: byteCountMax))
    ownsFirstChunk = owned
  }

  deinit {
    // SAFETY: only the arena owns the state, and the chunks hold nothing that needs an end.
    unsafe state.pointee.freeChunks()
    unsafe state.deinitialize(count: 1)
    if ownsFirstChunk { unsafe UnsafeMutableRawPointer(state).deallocate() }
  }
}

/// What an ``Arena`` knows; reached by pointer from everything that allocates.
@safe
struct ArenaState: ~Copyable {
  private var cursor: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer
  /// Heap chunks after the first, each beginning with a pointer to the one before.
  private var chunks: UnsafeMutableRawPointer?
  private var nextChunkByteCount = 4096
  private var byteCountLeft: Int
  /// How deeply messages are nested in the value being written.
  var writingDepth = 1
  /// Big buffers that the image points into; holding them keeps them in place and unchanged.
  private var retained: [any Sendable] = []

  init(cursor: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer, byteCountLeft: Int) {
    unsafe self.cursor = cursor
    unsafe self.end = end
    self.byteCountLeft = byteCountLeft
  }

  /// `count` bytes at an address divisible by 8, with any content; `nil` past the budget.
  @inline(__always)
  mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    let rounded = (count &+ 7) & ~7
    // SAFETY: `cursor` and `end` are bounds of one buffer.
    guard count >= 0, unsafe rounded <= end - cursor, rounded <= byteCountLeft else {
      return unsafe allocateElsewhere(count)
    }
    byteCountLeft &-= rounded
    let result = unsafe cursor
    unsafe cursor += rounded
    return unsafe result
  }

  @inline(never)
  private mutating func allocateElsewhere(_ count: Int) -> UnsafeMutableRawPointer? {
    guard count >= 0, count <= byteCountLeft - 8 else { return nil }
    let rounded = (count + 7) & ~7
    let byteCount = max(rounded, nextChunkByteCount)
    nextChunkByteCount = min(nextChunkByteCount * 2, 1 << 20)
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 16, alignment: 8)
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

  /// Frees every chunk but the one the state itself lies in.
  fileprivate mutating func freeChunks() {
    while let chunk = unsafe chunks {
      // SAFETY: every chunk was made by `allocateElsewhere` and begins with a link to the one before.
      unsafe chunks = chunk.load(as: UnsafeMutableRawPointer?.self)
      unsafe chunk.deallocate()
    }
  }
}

extension ProtobufCAllocator {
  /// The library allocates from the arena and frees nothing.
  static func arena(_ arena: UnsafeMutablePointer<ArenaState>) -> ProtobufCAllocator {
    unsafe ProtobufCAllocator(
      alloc: { data, count in
        // SAFETY: `allocator_data` is the state below, alive for the whole call into the library.
        unsafe data?.assumingMemoryBound(to: ArenaState.self).pointee.allocate(count)
      },
      free: { _, _ in },
      allocator_data: UnsafeMutableRawPointer(arena))
  }
}
