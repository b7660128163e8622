/// A growing piece of memory for plain values, without reference counts or copy-on-write.
@safe
struct PlainBuffer<Element: BitwiseCopyable>: ~Copyable {
  // SAFETY: owned here alone, freed in `deinit`, initialized below `count`.
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(1, capacity)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe base.deallocate()
  }

  /// What is in it; good until the buffer changes.
  @unsafe var elements: UnsafeBufferPointer<Element> {
    unsafe UnsafeBufferPointer(start: base, count: count)
  }

  mutating func removeAll() { count = 0 }

  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    unsafe (base + count).initialize(to: element)
    count += 1
  }

  func isEqual(to other: borrowing PlainBuffer) -> Bool {
    guard count == other.count else { return false }
    let ownBytes = unsafe UnsafeRawPointer(base)
    let otherBytes = unsafe UnsafeRawPointer(other.base)
    let byteCount = count * MemoryLayout<Element>.stride
    var offset = 0
    // SAFETY: both have `byteCount` initialized bytes; elements have no padding by contract.
    while offset + 8 <= byteCount {
      let own = unsafe ownBytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let its = unsafe otherBytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if own != its { return false }
      offset += 8
    }
    while offset < byteCount {
      let own = unsafe ownBytes.load(fromByteOffset: offset, as: UInt8.self)
      let its = unsafe otherBytes.load(fromByteOffset: offset, as: UInt8.self)
      if own != its { return false }
      offset += 1
    }
    return true
  }

  /// Gives memory back; what does not fit any more is forgotten.
  mutating func shrink(to newCapacity: Int) {
    guard capacity > newCapacity else { return }
    unsafe base.deallocate()
    capacity = newCapacity
    count = 0
    unsafe base = .allocate(capacity: newCapacity)
  }

  private mutating func grow(to needed: Int) {
    capacity = max(needed, capacity * 2, 32)
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    unsafe grown.moveInitialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = grown
  }
}

extension PlainBuffer<UInt8> {
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    if count + bytes.count > capacity { grow(to: count + bytes.count) }
    // SAFETY: there is room for all of them.
    unsafe UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: bytes.count)
    count += bytes.count
  }
}
