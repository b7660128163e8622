import CNghttp2
import Testing

@testable import HTTP2

@Suite("a session's memory")
final class SessionMemoryTests {
  private let memory: SessionMemory

  init() throws {
    guard let memory = SessionMemory() else { throw CancellationError() }
    self.memory = memory
  }

  private static let frameBufferByteCount = 16_394

  @Test("lays the frame buffer at the end of the page that the first pieces fill")
  func layout() throws {
    let first = try place(3000)
    let second = try place(900)
    let tooLong = try place(100)
    let frame = try place(Self.frameBufferByteCount)
    #expect(second / 4096 == first / 4096)
    #expect(tooLong / 4096 != first / 4096)
    #expect(frame / 4096 == first / 4096)
    #expect(frame >= second + 900)
    release([first, second, tooLong, frame])
  }

  @Test("pieces are apart, of zeros where asked, and not handed out again")
  func pieces() throws {
    let first = try place(100)
    fill(first, 100, with: 7)
    release([first])
    let functions = unsafe memory.functions
    let zeros = unsafe UInt(bitPattern: functions.calloc(10, 10, functions.mem_user_data))
    #expect(zeros >= first + 100)
    #expect(bytes(zeros, 100) == [UInt8](repeating: 0, count: 100))
  }

  @Test("what is asked for once the session is made lies elsewhere")
  func completed() throws {
    let first = try place(100)
    memory.complete()
    let later = try place(100)
    #expect(later / 4096 != first / 4096)
    release([first, later])
  }

  @Test("a piece that grows moves out with its bytes")
  func growth() throws {
    let piece = try place(100)
    fill(piece, 100, with: 7)
    let grown = try place(30_000, insteadOf: piece)
    #expect(bytes(grown, 100) == [UInt8](repeating: 7, count: 100))
    #expect(grown / 4096 != piece / 4096)
    release([grown])
  }

  // SAFETY: all addresses below are those of living pieces with at least so many bytes.

  // By `realloc` also for a new one, as the library asks for its frame buffer.
  private func place(_ byteCount: Int, insteadOf old: UInt = 0) throws -> UInt {
    let functions = unsafe memory.functions
    let place = unsafe functions.realloc(
      UnsafeMutableRawPointer(bitPattern: old), byteCount, functions.mem_user_data)
    try #require(unsafe place != nil)
    return UInt(bitPattern: place)
  }

  private func release(_ places: [UInt]) {
    let functions = unsafe memory.functions
    for place in places {
      unsafe functions.free(UnsafeMutableRawPointer(bitPattern: place), functions.mem_user_data)
    }
  }

  private func fill(_ place: UInt, _ count: Int, with byte: UInt8) {
    unsafe UnsafeMutablePointer<UInt8>(bitPattern: place)?.initialize(repeating: byte, count: count)
  }

  private func bytes(_ place: UInt, _ count: Int) -> [UInt8] {
    unsafe [UInt8](
      UnsafeBufferPointer(start: UnsafePointer<UInt8>(bitPattern: place), count: count))
  }
}
