public import RPCCore

/// Replaces what a recording must not hold before it is written.
public protocol Redactor: Sendable {
  /// A name for the rules that are followed, kept in the cassette.
  var policyID: String { get }
  /// SHA-256 of those rules; empty when there are none.
  var policySHA256: [UInt8] { get }

  /// A message with what must not be recorded replaced.
  ///
  /// - Parameters:
  ///   - path: `/package.Service/Method`
  ///   - isRequest: whether the client sends it
  /// - Returns: the message to record, and the paths of the fields that were replaced
  /// - Throws: when it cannot be told what the message holds: then nothing of it may be recorded
  func redact(
    _ message: [UInt8], of path: String, isRequest: Bool
  ) throws -> (message: [UInt8], paths: [String])

  /// A value of metadata as it may be recorded; nil to leave the field out.
  func redact(_ value: Metadata.Value, named name: String) -> Metadata.Value?

  /// The text and details of a status as they may be recorded.
  func redact(_ status: Status, of path: String) -> Status
}

/// Records everything as it is: for calls that hold nothing of people.
public struct NoRedaction: Redactor {
  public init() {}

  public var policyID: String { "" }
  public var policySHA256: [UInt8] { [] }

  public func redact(
    _ message: [UInt8], of path: String, isRequest: Bool
  ) -> (message: [UInt8], paths: [String]) { (message, []) }

  public func redact(_ value: Metadata.Value, named name: String) -> Metadata.Value? { value }

  public func redact(_ status: Status, of path: String) -> Status { status }
}
