import CProtobufC
import Testing

@testable import Protobuf

@Suite("The arena")
struct ArenaTests {
  @Test("Allocations are aligned, apart, and as long as asked for")
  func apart() throws {
    let arena = Arena(byteCountMax: 1 << 20)
    var ranges: [Range<UInt>] = []
    for count in [1, 8, 3, 500, 600, 5000, 0, 100_000, 16] {
      // SAFETY: the memory is used up to its size, while the arena is alive.
      let memory = try unsafe #require(unsafe arena.state.pointee.allocate(count))
      unsafe memory.initializeMemory(as: UInt8.self, repeating: 0xAA, count: count)
      let start = UInt(bitPattern: memory)
      #expect(start % 8 == 0)
      #expect(ranges.allSatisfy { !$0.overlaps(start..<(start + UInt(count))) })
      ranges.append(start..<(start + UInt(count)))
    }
  }

  @Test("The budget is handed out to its last word, and no further")
  func budget() {
    let arena = Arena(byteCountMax: 10_000)
    var total = 0
    while unsafe arena.state.pointee.allocate(64) != nil { total += 64 }
    #expect((9_900...10_000).contains(total))
    #expect(unsafe arena.state.pointee.allocate(1 << 20) == nil)
    #expect(unsafe arena.state.pointee.allocate(-1) == nil)
  }

  @Test("Zeroed memory is zero, even where something lay before")
  func zeroed() throws {
    for _ in 0..<50 {
      let arena = Arena(byteCountMax: 1 << 20)
      let dirty = try unsafe #require(unsafe arena.state.pointee.allocate(700))
      unsafe dirty.initializeMemory(as: UInt8.self, repeating: 0xFF, count: 700)
      let clean = try unsafe #require(unsafe arena.state.pointee.allocateZeroed(64))
      #expect(unsafe UnsafeRawBufferPointer(start: clean, count: 64).allSatisfy { $0 == 0 })
    }
  }

  @Test("The last allocation grows where it lies, one before it does not")
  func extend() throws {
    let arena = Arena(byteCountMax: 1 << 20)
    let first = try unsafe #require(unsafe arena.state.pointee.allocate(16))
    #expect(unsafe arena.state.pointee.extend(first, from: 16, to: 32))
    _ = unsafe arena.state.pointee.allocate(8)
    #expect(unsafe !arena.state.pointee.extend(first, from: 32, to: 64))
  }

  @Test("The library gets NULL past the budget")
  func libraryAllocator() {
    let arena = Arena(byteCountMax: 100)
    let allocator = unsafe ProtobufCAllocator.arena(arena.state)
    #expect(unsafe allocator.alloc(allocator.allocator_data, 50) != nil)
    #expect(unsafe allocator.alloc(allocator.allocator_data, 60) == nil)
    unsafe allocator.free(allocator.allocator_data, nil)
  }
}
