/// A call that failed: what a handler throws to answer with a status, and what a client catches.
public struct RPCError: Error, Sendable, Hashable {
  /// Why the call failed; never ``StatusCode/ok`` when this library made the error.
  public var code: StatusCode
  /// A text for developers. It goes to strangers: no personal data, nothing of our insides.
  public var message: String
  /// A serialized `google.rpc.Status` (gRPC's `grpc-status-details-bin`), or nil.
  public var details: [UInt8]?
  /// What travels in the trailers beside the status.
  public var metadata: Metadata
  /// At a client, the code of the RST_STREAM by which the server broke the call off (RFC 9113 § 7); nil when it did not,
  /// and for transports without one. It says how the error came, so two that differ in it alone are equal.
  public var resetCode: UInt32?

  /// Makes an error that answers a call with `code`.
  public init(
    _ code: StatusCode, _ message: String, details: [UInt8]? = nil, metadata: Metadata = [:]
  ) {
    self.code = code
    self.message = message
    self.details = details
    self.metadata = metadata
  }

  /// The error for a status that came in trailers.
  public init(_ status: Status, metadata: Metadata = [:]) {
    self.init(status.code, status.message, details: status.details, metadata: metadata)
  }

  /// The part that goes into the status fields of the trailers.
  public var status: Status { Status(code, message, details: details) }

  public static func == (left: RPCError, right: RPCError) -> Bool {
    left.status == right.status && left.metadata == right.metadata
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(status)
    hasher.combine(metadata)
  }
}

extension RPCError {
  /// What a caller may learn of an error that a handler threw.
  ///
  /// An ``RPCError`` speaks for itself. Cancellation is CANCELLED. Anything else is UNKNOWN without
  /// its text, because descriptions of errors carry file names, SQL and people's data.
  public init(thrownByHandler error: any Error) {
    switch error {
    case let error as RPCError where error.code == .ok:
      // Throwing "OK" promises a response there is none of: a defect of the handler.
      self.init(.internal, "the handler failed with status OK")
    case let error as RPCError:
      self = error
    case is CancellationError:
      self.init(.cancelled, "the call was cancelled")
    case is StreamReset:
      self.init(.unknown, "the stream was reset")
    default:
      self.init(.unknown, "the handler failed")
    }
  }
}

extension RPCError: CustomStringConvertible {
  /// One line for logs: "FAILED_PRECONDITION: the slot is full".
  public var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }
}
