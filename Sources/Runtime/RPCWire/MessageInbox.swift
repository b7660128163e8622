internal import RPCCore

/// A message as it came.
public struct InboundMessage: Sendable, Hashable {
  /// Its bytes, without the prefix.
  public var bytes: [UInt8]
  /// Whether the bytes are compressed with the call's encoding.
  public var isCompressed: Bool

  /// Both parts are as they came.
  public init(bytes: [UInt8], isCompressed: Bool) {
    self.bytes = bytes
    self.isCompressed = isCompressed
  }
}

/// The messages that one side of a call receives, from their bytes to whoever takes them.
///
/// A reader that keeps up meets every message at once. For one that does not, a few are cut out of the
/// bytes and the rest stays as it came, so that a million empty messages cost no more than their bytes.
/// Credit for bytes is due while no complete message waits: what is being assembled must go on, or a
/// message larger than the window could never come (rule N8); what lies here untaken must not.
struct MessageInbox: ~Copyable {
  /// Messages cut out ahead of their reader.
  static let readyCountMax = 64

  private var deframer: MessageDeframer
  private var first: InboundMessage?
  private var later: [InboundMessage] = []
  private var laterStart = 0
  private var uncut: [UInt8] = []
  private var uncutStart = 0
  private var fault: MessageDeframer.Fault?
  /// Bytes that came and whose sender has no credit for more yet.
  private var owedByteCount = 0

  /// Bytes of complete messages and of what follows them uncut.
  private(set) var waitingByteCount = 0
  /// The peer has sent its last byte.
  private(set) var hasEnded = false

  init(messageByteCountMax: Int, allowsCompressed: Bool) {
    deframer = MessageDeframer(
      messageByteCountMax: messageByteCountMax, allowsCompressed: allowsCompressed)
  }

  /// Bytes of a message that is not complete.
  var assemblingByteCount: Int { deframer.assemblingByteCount }

  /// Complete messages that can be taken at once.
  var readyCount: Int { (first == nil ? 0 : 1) + later.count - laterStart }

  /// Takes bytes in.
  ///
  /// - Returns: what is wrong with the stream, when it is known already
  mutating func receive(_ chunk: Span<UInt8>) -> MessageDeframer.Fault? {
    owedByteCount += chunk.count
    guard fault == nil else { return fault }
    var offset = 0
    if uncut.isEmpty { cut(chunk, from: &offset) }
    if offset < chunk.count, fault == nil {
      uncut.append(contentsOf: chunk.extracting(offset..<chunk.count))
      waitingByteCount += chunk.count - offset
    }
    return fault
  }

  /// The peer has sent its last byte.
  ///
  /// - Returns: what is wrong with the stream, when it is known already
  mutating func end() -> MessageDeframer.Fault? {
    hasEnded = true
    if fault == nil, uncut.isEmpty { fault = deframer.end() }
    return fault
  }

  /// The next message; nil when none is complete, or the stream is broken behind those taken.
  mutating func take() -> InboundMessage? {
    guard let taken = first else { return nil }
    waitingByteCount -= taken.bytes.count
    if laterStart < later.count {
      first = later[laterStart]
      laterStart += 1
      if laterStart == later.count {
        later.removeAll(keepingCapacity: true)
        laterStart = 0
      }
    } else {
      first = nil
    }
    if !uncut.isEmpty, readyCount <= Self.readyCountMax / 2 { cutMore() }
    return taken
  }

  /// What is wrong with the stream behind the messages that were taken.
  var faultAfterReady: MessageDeframer.Fault? { readyCount == 0 ? fault : nil }

  /// Nobody will take anything any more.
  mutating func discard() {
    first = nil
    later = []
    laterStart = 0
    uncut = []
    uncutStart = 0
    waitingByteCount = 0
    deframer = MessageDeframer(messageByteCountMax: 0)
  }

  /// Bytes for which the peer may have credit again; each is told once.
  ///
  /// - Parameter always: also for what nobody has taken
  mutating func takeCredit(always: Bool) -> Int {
    guard always || (first == nil && uncut.isEmpty) else { return 0 }
    defer { owedByteCount = 0 }
    return owedByteCount
  }

  private mutating func cutMore() {
    var bytes: [UInt8] = []
    swap(&bytes, &uncut)
    var offset = uncutStart
    cut(bytes.span, from: &offset)
    waitingByteCount -= offset - uncutStart
    uncutStart = offset
    if fault != nil || uncutStart == bytes.count {
      uncutStart = 0
      bytes.removeAll(keepingCapacity: true)
      if hasEnded, fault == nil { fault = deframer.end() }
    }
    swap(&bytes, &uncut)
  }

  private mutating func cut(_ chunk: Span<UInt8>, from offset: inout Int) {
    while readyCount < Self.readyCountMax {
      switch deframer.read(chunk, from: &offset) {
      case .needsMore:
        return
      case .message(let bytes, let isCompressed):
        let message = InboundMessage(bytes: bytes, isCompressed: isCompressed)
        if first == nil { first = message } else { later.append(message) }
        waitingByteCount += bytes.count
      case .failed(let found):
        fault = found
        return
      }
    }
  }
}
