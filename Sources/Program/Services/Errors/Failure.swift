import Domain
import Protobuf
import RPCCore
import Storage

/// How a failed call answers: google.rpc.Status with an ErrorInfo of domain `safemobility`, and
/// BadRequest, PreconditionFailure or RetryInfo where they help (AIP-193).
enum Failure {
  /// The domain of every ErrorInfo.
  static let domain = "safemobility"

  /// The error that tells a caller of a refusal.
  static func error(for refusal: Refusal) -> RPCError {
    var status = GoogleRPC.Status()
    status.code = Int32(refusal.reason.code.rawValue)
    status.message = refusal.message
    let details = [errorInfo(refusal)] + fieldDetails(refusal) + retryDetails(refusal)
    status.details = details.compactMap { try? GoogleProtobuf.Any_(packing: $0) }
    return RPCError(
      refusal.reason.code, refusal.message, details: try? status.serializedBytes())
  }

  /// The error for anything a unit of work threw, or nil when it is not for strangers to know.
  ///
  /// A record that is not there is denied exactly like one the caller may not see (domain § 11).
  static func refusal(for error: any Error) -> Refusal? {
    switch error {
    case let refusal as Refusal: refusal
    case StoreError.notFound: Refusal(.accessDenied)
    case let error as StoreError: error.refusal
    default: nil
    }
  }

  /// The answer to an error that is no refusal: the store's trouble or our own defect.
  static func error(forDefect error: any Error) -> RPCError {
    switch error {
    case let error as RPCError: error
    case StoreError.io: RPCError(.unavailable, "the store cannot be written now; try again")
    case is CancellationError: RPCError(.cancelled, "the call was cancelled")
    default: RPCError(.internal, "the server failed; nothing was changed")
    }
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

  /// Spread over a second, so that those who were turned away together do not come back together.
  private static func retryDetails(_ refusal: Refusal) -> [any Message] {
    guard refusal.reason == .overloaded else { return [] }
    return [
      GoogleRPC.RetryInfo.with {
        $0.retryDelay = .with { $0.nanos = Int32.random(in: 200_000_000..<1_000_000_000) }
      }
    ]
  }
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
