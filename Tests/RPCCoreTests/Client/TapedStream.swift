import RPCCore
import Synchronization

/// A stream that plays what it was given, and keeps what was done to it.
final class TapedStream: ClientStream {
  struct Taken: Sendable {
    var written: [[UInt8]] = []
    var compressed: [Bool?] = []
    var finishCount = 0
    var cancelCount = 0
  }

  let head: Metadata
  let trailingMetadata: Metadata
  private let responses: Mutex<ArraySlice<[UInt8]>>
  private let error: RPCError?
  private let taken = Mutex(Taken())

  init(
    _ responses: [[UInt8]] = [], head: Metadata = [:], trailers: Metadata = [:],
    failing error: RPCError? = nil
  ) {
    self.responses = Mutex(responses[...])
    self.head = head
    trailingMetadata = trailers
    self.error = error
  }

  var seen: Taken { taken.withLock { $0 } }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    taken.withLock {
      $0.written.append(message)
      $0.compressed.append(compressed)
    }
  }

  func finish() { taken.withLock { $0.finishCount += 1 } }

  func next() async throws(RPCError) -> [UInt8]? {
    let response = responses.withLock { $0.popFirst() }
    if response == nil, let error { throw error }
    return response
  }

  func metadata() async throws(RPCError) -> Metadata { head }

  func cancel() { taken.withLock { $0.cancelCount += 1 } }
}
