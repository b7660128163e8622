/// Some of the encodings: those a peer accepts, or those we do.
public struct EncodingSet: OptionSet, Sendable, Hashable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let identity = EncodingSet(.identity)
  public static let gzip = EncodingSet(.gzip)
  public static let deflate = EncodingSet(.deflate)

  /// All that we can read and write.
  public static let all: EncodingSet = [.identity, .gzip, .deflate]

  public init(_ encoding: MessageEncoding) {
    self.rawValue = 1 << encoding.rawValue
  }

  public func contains(_ encoding: MessageEncoding) -> Bool {
    contains(EncodingSet(encoding))
  }

  /// Reads the value of `grpc-accept-encoding`: names between commas, with or without blanks.
  ///
  /// Names that we do not know are what we could not send anyway, so they are passed over, as are empty
  /// places. `identity` is in every set: a message may go out as it is whatever the peer lists.
  public init(acceptField: Span<UInt8>) {
    var set = Self.identity
    var start = 0
    for index in 0...acceptField.count {
      guard index == acceptField.count || acceptField[index] == UInt8(ascii: ",") else { continue }
      let place = acceptField.extracting(start..<index)
      let name = place.extracting(MetadataFields.trimmed(place))
      if let encoding = MessageEncoding(fieldValue: name) { set.insert(EncodingSet(encoding)) }
      start = index + 1
    }
    self = set
  }

  /// The value of `grpc-accept-encoding` that says this set.
  public var fieldValue: String {
    MessageEncoding.allCases.filter { contains($0) }.map { "\($0.name)" }.joined(separator: ",")
  }
}
