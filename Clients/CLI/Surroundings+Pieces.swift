import Foundation
import Glibc

extension Surroundings {
  /// Bytes that arrive a piece at a time.
  struct Pieces: Sendable {
    private static let pieceByteCount = 64 << 10

    private let read: @Sendable () async throws(CommandFailure) -> [UInt8]?

    /// - Parameter read: the next piece when it is there, nil at the end; called by one task at a time
    init(_ read: @escaping @Sendable () async throws(CommandFailure) -> [UInt8]?) {
      self.read = read
    }

    /// All of them at once.
    init(once bytes: [UInt8]) {
      let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
      continuation.yield(bytes)
      continuation.finish()
      self.init { () throws(CommandFailure) in
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
      }
    }

    /// What comes through a file descriptor. Nothing is read before it is asked for, so that whoever writes is held
    /// up by whoever reads; a thread waits meanwhile, and no task.
    init(readingFrom descriptor: Int32) {
      self.init { () throws(CommandFailure) in
        let piece = await withCheckedContinuation { continuation in
          DispatchQueue.global().async {
            continuation.resume(returning: Self.piece(from: descriptor))
          }
        }
        guard let piece else { throw CommandFailure("standard input cannot be read") }
        return piece.isEmpty ? nil : piece
      }
    }

    /// The next piece; nil when there is an end that is none.
    func next() async throws(CommandFailure) -> [UInt8]? { try await read() }

    /// Waits for bytes; none at the end, nil when they cannot be read.
    private static func piece(from descriptor: Int32) -> [UInt8]? {
      var piece = [UInt8](repeating: 0, count: pieceByteCount)
      while true {
        // SAFETY: `read` writes at most as many bytes as the buffer has.
        let count = unsafe piece.withUnsafeMutableBytes { buffer in
          unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        if count < 0, errno == EINTR { continue }
        return count < 0 ? nil : Array(piece.prefix(count))
      }
    }
  }
}
