public import RPCCore

/// Why a stream was reset: an error code of RFC 9113 § 7.
public struct ResetCode: RawRepresentable, Sendable, Hashable {
  /// The code as in the RST_STREAM frame; numbers without a name here are legal.
  public let rawValue: UInt32

  /// Any number is a code.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Nothing is wrong; the rest of the stream is not needed.
  public static let noError = ResetCode(rawValue: 0x0)
  /// The peer broke the protocol.
  public static let protocolError = ResetCode(rawValue: 0x1)
  /// The sender failed.
  public static let internalError = ResetCode(rawValue: 0x2)
  /// The peer sent more than its window allows.
  public static let flowControlError = ResetCode(rawValue: 0x3)
  /// A SETTINGS frame was not acknowledged in time.
  public static let settingsTimeout = ResetCode(rawValue: 0x4)
  /// A frame came for a stream that was closed.
  public static let streamClosed = ResetCode(rawValue: 0x5)
  /// A frame had the wrong size.
  public static let frameSizeError = ResetCode(rawValue: 0x6)
  /// The stream was not looked at; it may be tried again.
  public static let refusedStream = ResetCode(rawValue: 0x7)
  /// The sender no longer needs the stream.
  public static let cancel = ResetCode(rawValue: 0x8)
  /// The header compression state is lost.
  public static let compressionError = ResetCode(rawValue: 0x9)
  /// A CONNECT tunnel broke.
  public static let connectError = ResetCode(rawValue: 0xA)
  /// The peer makes too much work.
  public static let enhanceYourCalm = ResetCode(rawValue: 0xB)
  /// The transport's security is too weak.
  public static let inadequateSecurity = ResetCode(rawValue: 0xC)
}

extension ResetCode {
  /// The status a client reports for a call that its server reset (R13).
  ///
  /// Source: gRPC `doc/PROTOCOL-HTTP2.md`, "Errors". FLOW_CONTROL_ERROR follows the specification, not
  /// the peers that say RESOURCE_EXHAUSTED (D3). STREAM_CLOSED has no mapping there, because no open
  /// stream should see it; when one does, it counts as UNKNOWN like any code we cannot read.
  public var statusCode: StatusCode {
    switch self {
    case .noError, .protocolError, .internalError, .flowControlError, .settingsTimeout,
      .frameSizeError, .compressionError, .connectError:
      .internal
    case .refusedStream: .unavailable
    case .cancel: .cancelled
    case .enhanceYourCalm: .resourceExhausted
    case .inadequateSecurity: .permissionDenied
    default: .unknown
    }
  }
}
