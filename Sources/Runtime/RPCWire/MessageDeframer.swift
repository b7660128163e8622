internal import RPCCore

/// Cuts the bytes of a stream into messages, wherever the DATA frames' borders lie (Q17, Q18).
///
///     prefix ──flag and length in order──▶ payload ──complete──▶ prefix …
///        └─────────────── anything else ────────────▶ failed
///
/// A length over the limit fails before anything of the message is kept, and storage grows with
/// the bytes that have come, never with the length that was declared.
package struct MessageDeframer: ~Copyable {
  /// What reading has brought.
  package enum OnBytes: Equatable {
    /// All bytes are taken and no message is complete.
    case needsMore
    /// One message is complete; there may be bytes left.
    case message([UInt8], isCompressed: Bool)
    /// The stream is no sequence of messages; it stays so.
    case failed(Fault)
  }

  /// What a stream can have wrong.
  package enum Fault: Error, Equatable, CaseIterable {
    /// The flag says compressed, and no compression was agreed on (Q21).
    case compressed
    /// The flag is neither 0 nor 1.
    case flagUnknown
    /// The declared length is over the limit.
    case messageTooLarge
    /// The stream ended inside a prefix or a message.
    case truncated
  }

  private enum State: ~Copyable {
    /// So many bytes of a prefix have come, in `bits`.
    case prefix(bits: UInt64, byteCount: Int)
    case payload(bytes: [UInt8], missingByteCount: Int, isCompressed: Bool)
    case failed(Fault)
  }

  private var state: State
  private let rules: Rules

  /// What messages a stream may have.
  fileprivate struct Rules {
    /// The largest message accepted, in bytes, as it comes.
    var byteCountMax: Int
    /// Whether the call has an encoding other than identity.
    var allowsCompressed: Bool
  }

  /// - Parameters:
  ///   - messageByteCountMax: the largest message accepted, in bytes, as it comes
  ///   - allowsCompressed: whether the call has an encoding other than identity
  package init(messageByteCountMax: Int, allowsCompressed: Bool = false) {
    self.init(
      .prefix(bits: 0, byteCount: 0),
      Rules(byteCountMax: messageByteCountMax, allowsCompressed: allowsCompressed))
  }

  private init(_ state: consuming State, _ rules: Rules) {
    self.state = state
    self.rules = rules
  }

  /// Bytes kept of a message that is not complete.
  var assemblingByteCount: Int {
    switch state {
    case .payload(let bytes, _, _): bytes.count
    case .prefix: 0
    case .failed: 0
    }
  }

  /// Reads on in `chunk` from `offset` and moves `offset` past what was taken.
  ///
  /// Call again while it answers with messages.
  package mutating func read(_ chunk: Span<UInt8>, from offset: inout Int) -> OnBytes {
    let rules = rules
    while true {
      switch consume state {
      case .failed(let fault):
        self = Self(.failed(fault), rules)
        return .failed(fault)

      case .prefix(var bits, var byteCount):
        while byteCount < MessagePrefix.byteCount, offset < chunk.count {
          bits = bits << 8 | UInt64(chunk[offset])
          byteCount += 1
          offset += 1
        }
        if let fault = rules.fault(ofPrefixBits: bits, byteCount: byteCount) {
          self = Self(.failed(fault), rules)
          return .failed(fault)
        }
        if byteCount < MessagePrefix.byteCount {
          self = Self(.prefix(bits: bits, byteCount: byteCount), rules)
          return .needsMore
        }
        self = Self(
          .payload(
            bytes: [], missingByteCount: Int(bits & 0xFFFF_FFFF), isCompressed: bits >> 32 == 1),
          rules)

      case .payload(var bytes, var missingByteCount, let isCompressed):
        let end = offset + min(missingByteCount, chunk.count - offset)
        bytes.append(contentsOf: chunk.extracting(offset..<end))
        missingByteCount -= end - offset
        offset = end
        if missingByteCount > 0 {
          self = Self(
            .payload(
              bytes: bytes, missingByteCount: missingByteCount, isCompressed: isCompressed), rules)
          return .needsMore
        }
        self = Self(.prefix(bits: 0, byteCount: 0), rules)
        return .message(bytes, isCompressed: isCompressed)
      }
    }
  }

  /// The stream has ended; the fault if it ended in the middle of something.
  package mutating func end() -> Fault? {
    let rules = rules
    switch consume state {
    case .prefix(let bits, let byteCount):
      if byteCount == 0 {
        self = Self(.prefix(bits: bits, byteCount: byteCount), rules)
        return nil
      }
      self = Self(.failed(.truncated), rules)
      return .truncated
    case .payload:
      self = Self(.failed(.truncated), rules)
      return .truncated
    case .failed(let fault):
      self = Self(.failed(fault), rules)
      return fault
    }
  }
}

extension MessageDeframer.Rules {
  /// The flag is judged as soon as it is there: what follows a wrong one is not worth waiting for.
  fileprivate func fault(ofPrefixBits bits: UInt64, byteCount: Int) -> MessageDeframer.Fault? {
    if byteCount == 0 { return nil }
    switch bits >> (8 * UInt64(byteCount - 1)) {
    case 0: break
    case 1: if !allowsCompressed { return .compressed }
    default: return .flagUnknown
    }
    let isComplete = byteCount == MessagePrefix.byteCount
    return isComplete && Int(bits & 0xFFFF_FFFF) > byteCountMax ? .messageTooLarge : nil
  }
}
