/// What bytes from strangers pass through, each with the laws that must hold whatever they are.
///
/// A target is a function of its input alone. It may trap, which is a finding too, but only libFuzzer
/// lives to tell of that one.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case http2Session = "HTTP2Session"
  case messages = "Messages"
  case headers = "Headers"
  case timeout = "Timeout"
  case statusMessage = "StatusMessage"
  case base64 = "Base64"
  case contentType = "ContentType"
  case encodings = "Encodings"
  case metadata = "Metadata"
  case protobuf = "Protobuf"
  case json = "JSON"

  /// Runs one input.
  ///
  /// - Throws: what should not have been.
  package func run(_ bytes: [UInt8]) throws(Finding) {
    switch self {
    case .http2Session: try HTTP2SessionTarget.run(bytes)
    case .messages: try MessagesTarget.run(bytes)
    case .headers: try HeadersTarget.run(bytes)
    case .timeout: try TimeoutTarget.run(bytes)
    case .statusMessage: try StatusMessageTarget.run(bytes)
    case .base64: try Base64Target.run(bytes)
    case .contentType: try ContentTypeTarget.run(bytes)
    case .encodings: try EncodingsTarget.run(bytes)
    case .metadata: try MetadataTarget.run(bytes)
    case .protobuf: try ProtobufTarget.run(bytes)
    case .json: try JSONTarget.run(bytes)
    }
  }
}
