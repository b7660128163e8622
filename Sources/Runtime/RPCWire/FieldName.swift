internal import RPCCore

/// The header names that the protocol itself uses, told apart by length before any bytes are compared.
enum FieldName: Hashable, CaseIterable {
  case method, scheme, path, authority, status
  case host, contentType, contentLength, te, timeout
  case encoding, acceptEncoding, grpcStatus, grpcMessage, grpcDetails

  /// The protocol's name with exactly these bytes, or nil: then it is metadata or nobody's.
  init?(_ name: Span<UInt8>) {
    let candidate: FieldName?
    switch name.count {
    case 2: candidate = .te
    case 4: candidate = .host
    case 5: candidate = .path
    case 7:
      switch name[2] {
      case UInt8(ascii: "e"): candidate = .method
      case UInt8(ascii: "c"): candidate = .scheme
      default: candidate = .status
      }
    case 10: candidate = .authority
    case 11: candidate = .grpcStatus
    case 12:
      switch name[5] {
      case UInt8(ascii: "n"): candidate = .contentType
      case UInt8(ascii: "t"): candidate = .timeout
      default: candidate = .grpcMessage
      }
    case 13: candidate = .encoding
    case 14: candidate = .contentLength
    case 20: candidate = .acceptEncoding
    case 23: candidate = .grpcDetails
    default: candidate = nil
    }
    guard let candidate, name.equals(candidate.text) else { return nil }
    self = candidate
  }

  /// The name as it stands on the wire.
  var text: StaticString {
    switch self {
    case .method: ":method"
    case .scheme: ":scheme"
    case .path: ":path"
    case .authority: ":authority"
    case .status: ":status"
    case .host: "host"
    case .contentType: "content-type"
    case .contentLength: "content-length"
    case .te: "te"
    case .timeout: "grpc-timeout"
    case .encoding: "grpc-encoding"
    case .acceptEncoding: "grpc-accept-encoding"
    case .grpcStatus: "grpc-status"
    case .grpcMessage: "grpc-message"
    case .grpcDetails: "grpc-status-details-bin"
    }
  }
}
