/// A header list to send.
///
/// Both kinds are one reference, because lists wait in streams and are handed on at each step.
public struct FieldList {
  enum Kind {
    case prepared(PreparedHeaders)
    case block(BlockToSend)
  }

  let kind: Kind

  /// What libnghttp2 reads when it encodes the list; whoever queues it holds this until then.
  var prepared: PreparedHeaders? {
    switch kind {
    case .prepared(let headers): headers
    case .block(let list): list.prepared
    }
  }

  /// One that is used again and again; nothing is copied.
  public static func prepared(_ headers: PreparedHeaders) -> FieldList {
    FieldList(kind: .prepared(headers))
  }

  /// One made for the occasion.
  public static func block(_ block: HeaderBlock) -> FieldList {
    FieldList(kind: .block(BlockToSend(block, among: nil, earlyCount: 0)))
  }

  /// One made for the occasion, but for fields that it has in common with many.
  ///
  /// - Parameter earlyCount: so many of its own fields come first, right behind the pseudo-headers of `prepared`; the
  ///   rest comes behind all of it
  public static func block(
    _ block: HeaderBlock, among prepared: PreparedHeaders, earlyCount: Int
  ) -> FieldList {
    FieldList(kind: .block(BlockToSend(block, among: prepared, earlyCount: earlyCount)))
  }
}

/// A header list on the heap.
final class BlockToSend: Sendable {
  let block: HeaderBlock
  let prepared: PreparedHeaders?
  let earlyCount: Int

  init(_ block: HeaderBlock, among prepared: PreparedHeaders?, earlyCount: Int) {
    self.block = block
    self.prepared = prepared
    self.earlyCount = earlyCount
  }
}
