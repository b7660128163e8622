/// An error code of RST_STREAM and GOAWAY (RFC 9113 § 7). Unknown numbers are kept.
public struct HTTP2ErrorCode: RawRepresentable, Sendable, Hashable {
  /// The number on the wire.
  public var rawValue: UInt32

  /// Any number is legal.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let noError = HTTP2ErrorCode(rawValue: 0)
  public static let protocolError = HTTP2ErrorCode(rawValue: 1)
  public static let internalError = HTTP2ErrorCode(rawValue: 2)
  public static let flowControlError = HTTP2ErrorCode(rawValue: 3)
  public static let settingsTimeout = HTTP2ErrorCode(rawValue: 4)
  public static let streamClosed = HTTP2ErrorCode(rawValue: 5)
  public static let frameSizeError = HTTP2ErrorCode(rawValue: 6)
  public static let refusedStream = HTTP2ErrorCode(rawValue: 7)
  public static let cancel = HTTP2ErrorCode(rawValue: 8)
  public static let compressionError = HTTP2ErrorCode(rawValue: 9)
  public static let connectError = HTTP2ErrorCode(rawValue: 10)
  public static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 11)
  public static let inadequateSecurity = HTTP2ErrorCode(rawValue: 12)
  public static let http11Required = HTTP2ErrorCode(rawValue: 13)
}

/// The whole session failed; nothing more can be fed to it, what it still has to send may be drained.
public struct HTTP2SessionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What failed, in the words of this module or of libnghttp2.
  public var reason: String

  /// A GOAWAY frame written by hand, for errors after which libnghttp2 sends none itself.
  public var farewell: [UInt8]

  /// The reason.
  public var description: String { reason }

  init(_ reason: String, farewell: [UInt8] = []) {
    self.reason = reason
    self.farewell = farewell
  }
}
