internal import RPCWire

/// The requests of one call, from when they are written until no attempt can need them again.
struct RequestBuffer {
  /// A request as it goes out.
  struct Message {
    var bytes: [UInt8]
    var isCompressed: Bool

    /// With its prefix: empty ones are not for nothing.
    var byteCount: Int { bytes.count + MessagePrefix.byteCount }
  }

  private var messages = FewElements<Message>()
  private var droppedCount = 0
  /// Bytes that are kept.
  private(set) var byteCount = 0
  /// There will be no more.
  private(set) var isEnded = false

  /// Requests written so far.
  var endIndex: Int { droppedCount + messages.count }

  /// The request at its place in the call; it must not have been dropped.
  subscript(index: Int) -> Message { messages[index - droppedCount] }

  mutating func append(_ message: Message) {
    messages.append(message)
    byteCount += message.byteCount
  }

  mutating func end() { isEnded = true }

  /// Forgets the requests before `index`: they have gone out, and nobody will send them again.
  mutating func drop(before index: Int) {
    guard index > droppedCount else { return }
    for message in messages.prefix(index - droppedCount) { byteCount -= message.byteCount }
    messages.removeFirst(index - droppedCount)
    droppedCount = index
  }
}
