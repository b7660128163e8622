/// A header list to send.
///
/// Both kinds are one reference, because lists wait in streams and are handed on at each step.
public struct FieldList {
  enum Kind {
    case prepared(PreparedHeaders)
    case block(BlockToSend)
  }

  let kind: Kind

  /// One that never changes; nothing is copied.
  public static func prepared(_ headers: PreparedHeaders) -> FieldList {
    FieldList(kind: .prepared(headers))
  }

  /// One made for the occasion.
  public static func block(_ block: HeaderBlock) -> FieldList {
    FieldList(kind: .block(BlockToSend(block)))
  }
}

/// A header list on the heap.
final class BlockToSend: Sendable {
  let block: HeaderBlock

  init(_ block: HeaderBlock) { self.block = block }
}
