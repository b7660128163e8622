/// The end of a call as it travels in the trailers: a code, a text for people, and details.
public struct Status: Sendable, Hashable {
  /// What happened.
  public var code: StatusCode
  /// A text for developers. It goes to strangers: no personal data, nothing of our insides.
  public var message: String
  /// A serialized `google.rpc.Status`, or nil when there is nothing more to say.
  public var details: [UInt8]?

  /// Nothing is checked; `details` that disagree with `code` are the caller's to avoid.
  public init(_ code: StatusCode, _ message: String = "", details: [UInt8]? = nil) {
    self.code = code
    self.message = message
    self.details = details
  }

  /// Success, which has neither text nor details.
  public static let ok = Status(.ok)
}
