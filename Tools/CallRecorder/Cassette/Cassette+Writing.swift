import Protobuf

extension Cassette {
  /// Why cassettes do not make one.
  public enum MergeRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// One of them, by its place in the list, is a log without a header.
    case isNoCassette(Int)
    /// One of them, by its place in the list, was redacted by other rules than the first.
    case otherRedaction(Int)
    /// One of them, by its place in the list, has messages of another schema than the first.
    case otherSchema(Int)

    /// One line, but for which file it is.
    public var description: String {
      switch self {
      case .isNoCassette: "is a binary log that others wrote, not a cassette"
      case .otherRedaction: "was redacted by other rules than the first"
      case .otherSchema: "has messages of another schema than the first"
      }
    }

    /// The place in the list.
    public var index: Int {
      switch self {
      case .isNoCassette(let index), .otherRedaction(let index), .otherSchema(let index): index
      }
    }
  }

  /// The bytes of a cassette with the calls of several, those of each behind those of the one before.
  ///
  /// Pseudonyms of different recordings have different keys: what was equal in two of them is not any more.
  ///
  /// - Parameters:
  ///   - cassettes: at least one; the header is that of the first
  ///   - isKept: which calls go in
  /// - Throws: ``MergeRefusal``, ``EncodingError``
  public static func bytes(
    of cassettes: [Cassette], keeping isKept: (RecordedCall) -> Bool = { _ in true }
  ) throws -> [UInt8] {
    for (index, cassette) in cassettes.enumerated() {
      guard let header = cassette.header else { throw MergeRefusal.isNoCassette(index) }
      guard header.redactionPolicyId == cassettes[0].header?.redactionPolicyId else {
        throw MergeRefusal.otherRedaction(index)
      }
      guard header.descriptorSha256 == cassettes[0].header?.descriptorSha256 else {
        throw MergeRefusal.otherSchema(index)
      }
    }
    let header = cassettes.first?.header ?? .init()
    var writer = CassetteWriter(from: header.clockOrigin ?? .init())
    var bytes = try writer.begin(header)
    var start = Duration.zero
    for cassette in cassettes {
      let kept = Set(cassette.calls.filter(isKept).map(\.id))
      var numbers: [UInt64: UInt64] = [:]
      for entry in cassette.entries where kept.contains(entry.call) {
        let call = numbers[entry.call] ?? writer.beginCall()
        numbers[entry.call] = call
        bytes += try writer.append(
          entry.event, to: call, at: start + entry.offset, redactedPaths: entry.redactedPaths)
      }
      start += cassette.entries.last?.offset ?? .zero
    }
    bytes += try writer.finish()
    return bytes
  }
}
