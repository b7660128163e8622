internal import Protobuf
public import RPCCore

/// Why a call failed, read from the status and its details (`google.rpc.Status`, AIP-193).
///
/// What a server does not say stays empty, and so does what cannot be read: a failure is never lost
/// because its description was damaged.
public struct CallFailure: Error, Sendable, Hashable {
  /// One field of the request that breaks its rule.
  public struct FieldViolation: Sendable, Hashable {
    /// The path in the request, in the names of the schema: `registration.members[2].birth_date`.
    public var field: String
    /// What is wrong with it.
    public var description: String
  }

  /// One condition that was not met.
  public struct PreconditionViolation: Sendable, Hashable {
    /// What kind of condition, such as a criterion of the eligibility rule.
    public var type: String
    /// What it is about.
    public var subject: String
    /// What to do about it.
    public var description: String
  }

  /// The status code.
  public var code: StatusCode
  /// The server's sentence.
  public var message: String
  /// The machine's word for the reason, such as `SLOT_FULL`: a name of `ErrorReason` without its
  /// prefix; nil when the failure did not come from the programme's services.
  public var reason: String?
  /// Whose word it is; `safemobility` for the programme's.
  public var domain: String?
  /// What the reason is about, such as `receipt` of ALREADY_REGISTERED.
  public var reasonMetadata: [String: String] = [:]
  /// Every field that breaks its rule.
  public var fieldViolations: [FieldViolation] = []
  /// Every condition that is not met.
  public var preconditionViolations: [PreconditionViolation] = []
  /// How long to wait before the same call may be tried again.
  public var retryDelay: Duration?
  /// What came with it, such as `pasarela-audit-entry`, under which the refusal is on record.
  public var metadata: Metadata

  /// Reads an error that a call threw.
  public init(_ error: RPCError) {
    code = error.code
    message = error.message
    metadata = error.metadata
    guard let bytes = error.details, let status = try? GoogleRPC.Status(serializedBytes: bytes)
    else { return }
    for detail in status.details { read(detail) }
  }

  private mutating func read(_ detail: GoogleProtobuf.Any_) {
    if let info = try? detail.unpacked(as: GoogleRPC.ErrorInfo.self) {
      reason = info.reason
      domain = info.domain
      reasonMetadata = info.metadata
    } else if let request = try? detail.unpacked(as: GoogleRPC.BadRequest.self) {
      fieldViolations += request.fieldViolations.map {
        FieldViolation(field: $0.field, description: $0.description)
      }
    } else if let failure = try? detail.unpacked(as: GoogleRPC.PreconditionFailure.self) {
      preconditionViolations += failure.violations.map {
        PreconditionViolation(type: $0.type, subject: $0.subject, description: $0.description)
      }
    } else if let info = try? detail.unpacked(as: GoogleRPC.RetryInfo.self) {
      retryDelay = info.retryDelay?.swiftDuration
    }
  }
}
