/// A message that can be a request or a response.
///
/// Generated messages conform by an empty extension; the codec is theirs.
public protocol RPCMessage: Sendable {
  /// Reads the message, or throws when `serializedBytes` are not one.
  init(serializedBytes: RawSpan) throws

  /// Appends the message's bytes to `buffer`.
  func serialize(into buffer: inout [UInt8]) throws
}
