import Domain
import Protobuf
import RPCCore
import Storage

/// A failed call: what its caller is told, and what the log is.
struct Failure {
  /// The domain of every ErrorInfo.
  static let domain = "safemobility"

  /// The error that answers.
  let answer: RPCError
  /// What the log's entry says of the call; nil when there is to be none.
  let verdict: AuditVerdict?
  /// The true reason, for the log alone.
  let reason: String
  /// Whether it was access that refused the call, and not a rule or a state.
  var isAccessDenial: Bool { answer.code == .permissionDenied || answer.code == .unauthenticated }

  /// Judges whatever a handler, or what stands before it, has thrown.
  init(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self.init(refusal)
    // A record that is not there is denied exactly like one the caller may not see (domain § 11).
    case StoreError.notFound: self.init(.denied(.absent))
    case StoreError.io:
      self.init(
        RPCError(.unavailable, "the store cannot be written now; try again"), .error, "\(error)")
    case StoreError.unavailable:
      // Nothing can be written down about it either.
      self.init(Self.away, nil, "\(error)")
    // Nobody waits for an answer any more.
    case is CancellationError:
      self.init(RPCError(.cancelled, "the call was cancelled"), nil, "")
    case let error as RPCError:
      let isDenied = error.code == .unauthenticated || error.code == .permissionDenied
      self.init(error, isDenied ? .deny : .error, "\(error.code): \(error.message)")
    default:
      if let refusal = (error as? StoreError)?.refusal {
        self.init(refusal)
      } else {
        self.init(
          RPCError(.internal, "the server failed; nothing was changed"), .error, "\(error)")
      }
    }
  }

  private init(_ answer: RPCError, _ verdict: AuditVerdict?, _ reason: String) {
    self.answer = answer
    self.verdict = verdict
    self.reason = reason
  }

  /// google.rpc.Status with an ErrorInfo of domain `safemobility`, and BadRequest,
  /// PreconditionFailure or RetryInfo where they help (AIP-193).
  private init(_ refusal: Refusal) {
    var status = GoogleRPC.Status()
    status.code = Int32(refusal.reason.code.rawValue)
    status.message = refusal.message
    let details =
      [Self.errorInfo(refusal)] + Self.fieldDetails(refusal) + Self.retryDetails(refusal)
    status.details = details.compactMap { try? GoogleProtobuf.Any_(packing: $0) }
    self.init(
      RPCError(refusal.reason.code, refusal.message, details: try? status.serializedBytes()),
      // An overloaded store is not made better by one more write, and nothing is told of anybody.
      refusal.reason == .overloaded ? nil : .deny, refusal.internalReason)
  }

  private static func errorInfo(_ refusal: Refusal) -> any Message {
    GoogleRPC.ErrorInfo.with {
      $0.reason = refusal.reason.rawValue
      $0.domain = domain
      if let receipt = refusal.receipt { $0.metadata["receipt"] = receipt.rawValue }
    }
  }

  private static func fieldDetails(_ refusal: Refusal) -> [any Message] {
    if refusal.violations.isEmpty { return [] }
    if refusal.reason.code == .invalidArgument {
      return [
        GoogleRPC.BadRequest.with {
          $0.fieldViolations = refusal.violations.map { violation in
            .with {
              $0.field = violation.field
              $0.description = violation.problem
            }
          }
        }
      ]
    }
    return [
      GoogleRPC.PreconditionFailure.with {
        $0.violations = refusal.violations.map { violation in
          .with {
            $0.type = refusal.reason.rawValue
            $0.subject = violation.field
            $0.description = violation.problem
          }
        }
      }
    ]
  }

  private static func retryDetails(_ refusal: Refusal) -> [any Message] {
    refusal.reason == .overloaded ? [retryInfo] : []
  }

  /// Spread over a second, so that those who were turned away together do not come back together.
  private static var retryInfo: GoogleRPC.RetryInfo {
    .with { $0.retryDelay = .with { $0.nanos = Int32.random(in: 200_000_000..<1_000_000_000) } }
  }

  /// The database is away. Whether a change was stored just before, its request_id tells when it is back.
  private static var away: RPCError {
    var status = GoogleRPC.Status()
    status.code = Int32(StatusCode.unavailable.rawValue)
    status.message = "the store cannot be reached now; try again with the same request_id"
    status.details = [try? GoogleProtobuf.Any_(packing: retryInfo)].compactMap { $0 }
    return RPCError(.unavailable, status.message, details: try? status.serializedBytes())
  }
}

extension Refusal {
  /// The reason as the log has it: the published name, and what of it is not published.
  var internalReason: String { "\(reason.rawValue): \(denial?.rawValue ?? message)" }
}

extension Refusal.Reason {
  /// The gRPC code of the reason (domain § 7, the table of codes).
  var code: StatusCode {
    switch self {
    case .fieldInvalid, .requestIdRequired, .requestIdReused, .purposeRequired: .invalidArgument
    case .accessDenied, .purposeNotAllowed: .permissionDenied
    case .alreadyRegistered, .referralLiveExists, .appointmentLiveExists: .alreadyExists
    case .etagMismatch, .requestInFlight, .holdFenceStale: .aborted
    case .quotaReached, .overloaded: .resourceExhausted
    case .resumeTokenExpired: .outOfRange
    case .transitionNotAllowed, .slotFull, .slotBlocked, .holdExpired, .holdLimit, .personOverlap,
      .windowClosed, .duplicateHold, .ruleNotMet, .consentMissing, .consentWithdrawn,
      .confirmWindowPassed, .checkInWindow, .rescheduleLimit, .appealUsed, .secondPersonRequired,
      .partnerCapacity, .pathwayNotSendable, .programFrozen, .suppressed:
      .failedPrecondition
    }
  }
}
