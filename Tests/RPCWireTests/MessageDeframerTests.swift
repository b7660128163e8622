import Testing

@testable import RPCWire

@Suite("Messages out of bytes (Q17, Q18, Q21)")
struct MessageDeframerTests {
  /// What a whole stream gave.
  private struct Outcome: Equatable {
    var messages: [[UInt8]] = []
    var fault: MessageDeframer.Fault?
  }

  private func read(_ chunks: [[UInt8]], limit: Int = 1000) -> Outcome {
    var deframer = MessageDeframer(messageByteCountMax: limit)
    var outcome = Outcome()
    for chunk in chunks {
      var offset = 0
      reading: while true {
        switch deframer.read(chunk.span, from: &offset) {
        case .message(let message, _): outcome.messages.append(message)
        case .needsMore:
          #expect(offset == chunk.count)
          break reading
        case .failed(let fault):
          outcome.fault = fault
          break reading
        }
      }
    }
    let fault = deframer.end()
    outcome.fault = outcome.fault ?? fault
    return outcome
  }

  private static let messages: [[UInt8]] = [
    [1], [], [2, 3, 4], Array(repeating: 9, count: 700), [],
  ]

  @Test("all at once")
  func allAtOnce() {
    let stream = Self.messages.flatMap { framed($0) }
    #expect(read([stream]) == Outcome(messages: Self.messages))
  }

  @Test("byte by byte")
  func byteByByte() {
    let stream = Self.messages.flatMap { framed($0) }
    #expect(read(stream.map { [$0] }) == Outcome(messages: Self.messages))
  }

  @Test("one message for each chunk, and empty chunks between")
  func chunkForMessage() {
    let chunks = Self.messages.flatMap { [[], framed($0), []] }
    #expect(read(chunks) == Outcome(messages: Self.messages))
  }

  @Test("random messages in random chunks")
  func randomChunks() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let count = Int.random(in: 0...6, using: &random)
      let messages = (0..<count).map { _ in
        random.bytes(count: Int.random(in: 0...1000, using: &random))
      }
      var rest = messages.flatMap { framed($0) }[...]
      var chunks: [[UInt8]] = []
      while !rest.isEmpty {
        let taken = Int.random(in: 0...min(rest.count, 400), using: &random)
        chunks.append(Array(rest.prefix(taken)))
        rest = rest.dropFirst(taken)
      }
      #expect(read(chunks) == Outcome(messages: messages), "seed \(seed)")
    }
  }

  @Test("a message of the limit passes and one byte more does not", arguments: [0, 1, 1000])
  func limit(limit: Int) {
    let fits = [UInt8](repeating: 7, count: limit)
    #expect(read([framed(fits)], limit: limit) == Outcome(messages: [fits]))
    #expect(read([framed(fits + [7])], limit: limit) == Outcome(fault: .messageTooLarge))
    let second = framed(fits) + framed(fits + [7])
    #expect(read([second], limit: limit) == Outcome(messages: [fits], fault: .messageTooLarge))
  }

  @Test("a declared length over the limit fails on the prefix alone, before any payload")
  func declaredLengthFails() {
    var deframer = MessageDeframer(messageByteCountMax: 4 << 20)
    var offset = 0
    let prefix: [UInt8] = [0, 0xFF, 0xFF, 0xFF, 0xFF]
    let outcome = deframer.read(prefix.span, from: &offset)
    #expect(outcome == .failed(.messageTooLarge))
  }

  @Test("a declared length within the limit reserves nothing")
  func declaredLengthReservesNothing() {
    // Ten thousand streams that each declare 1 GiB would not fit this machine if they did.
    for _ in 0..<10_000 {
      var deframer = MessageDeframer(messageByteCountMax: 1 << 30)
      var offset = 0
      let start: [UInt8] = [0, 0x40, 0, 0, 0, 1, 2, 3]
      let outcome = deframer.read(start.span, from: &offset)
      let fault = deframer.end()
      #expect(outcome == .needsMore)
      #expect(fault == .truncated)
    }
  }

  @Test("flag 1 is compressed and any other unknown, as soon as it is there", arguments: 1...255)
  func flags(flag: UInt8) {
    let fault: MessageDeframer.Fault = flag == 1 ? .compressed : .flagUnknown
    #expect(read([[flag]]) == Outcome(fault: fault))
    #expect(read([framed([], flag: flag)]) == Outcome(fault: fault))
    #expect(read([framed([5]) + framed([6], flag: flag)]) == Outcome(messages: [[5]], fault: fault))
  }

  @Test("the end inside a prefix or a message is a fault, between messages it is not")
  func truncation() {
    let stream = framed([1, 2, 3])
    for count in 0...stream.count {
      let isWhole = count == 0 || count == stream.count
      #expect(read([Array(stream.prefix(count))]).fault == (isWhole ? nil : .truncated))
    }
  }

  @Test("a failed stream stays failed")
  func failureStays() {
    var deframer = MessageDeframer(messageByteCountMax: 10)
    for _ in 0..<3 {
      var offset = 0
      let outcome = deframer.read([2].span, from: &offset)
      let fault = deframer.end()
      #expect(outcome == .failed(.flagUnknown))
      #expect(fault == .flagUnknown)
    }
  }

  @Test("the prefix written is the prefix read", arguments: [0, 1, 255, 256, 65536, 4 << 20])
  func prefixRoundTrip(byteCount: Int) {
    let bits = MessagePrefix(messageByteCount: byteCount).bits
    let bytes = (0..<5).reversed().map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
    #expect(bytes == Array(framed([UInt8](repeating: 0, count: byteCount)).prefix(5)))
  }
}
