public import RPCCore
internal import SafeMobilityAPI

/// A failed call to switch on: a case for each reason of the contract (`errors.proto`), and one for all else.
///
///     do {
///       hold = try await client.appointments.holdSlot(request)
///     } catch {
///       switch SafeMobilityError(error) {
///       case .slotFull: offerAnotherSlot()
///       case .fieldInvalid(let failure): show(failure.fieldViolations)
///       case let error: throw error
///       }
///     }
public enum SafeMobilityError: Error, Sendable, Hashable {
  /// INVALID_ARGUMENT: fields break their rules; ``CallFailure/fieldViolations`` names each.
  case fieldInvalid(CallFailure)
  /// INVALID_ARGUMENT: a `request_id` that is not a UUID of version 4, or none.
  case requestIdRequired(CallFailure)
  /// INVALID_ARGUMENT: the `request_id` came before with another body.
  case requestIdReused(CallFailure)
  /// INVALID_ARGUMENT: the client was made without a purpose.
  case purposeRequired(CallFailure)
  /// PERMISSION_DENIED: hidden, forbidden and absent alike.
  case accessDenied(CallFailure)
  /// PERMISSION_DENIED: the purpose is closed to the partner.
  case purposeNotAllowed(CallFailure)
  /// ALREADY_EXISTS: somebody of the household is registered; ``CallFailure/reasonMetadata`` has
  /// the `receipt`.
  case alreadyRegistered(CallFailure)
  /// ALREADY_EXISTS: a live referral stands in the way.
  case referralLiveExists(CallFailure)
  /// ALREADY_EXISTS: the registration has a live appointment for the service.
  case appointmentLiveExists(CallFailure)
  /// ABORTED: somebody else has changed it; see
  /// ``SafeMobilityClient/updating(attemptCountMax:read:change:)``.
  case etagMismatch(CallFailure)
  /// ABORTED: the same `request_id` is at work.
  case requestInFlight(CallFailure)
  /// ABORTED: the hold was renewed, or lost its seats.
  case holdFenceStale(CallFailure)
  /// FAILED_PRECONDITION: the move does not start from the present state.
  case transitionNotAllowed(CallFailure)
  /// FAILED_PRECONDITION: fewer free seats than the household needs.
  case slotFull(CallFailure)
  /// FAILED_PRECONDITION: the slot is closed to booking, or too near.
  case slotBlocked(CallFailure)
  /// FAILED_PRECONDITION: the hold ran out, was released or was used.
  case holdExpired(CallFailure)
  /// FAILED_PRECONDITION: the registration has a hold, or it was renewed before.
  case holdLimit(CallFailure)
  /// FAILED_PRECONDITION: somebody has another appointment at that time.
  case personOverlap(CallFailure)
  /// FAILED_PRECONDITION: no intake window is open for the channel.
  case windowClosed(CallFailure)
  /// FAILED_PRECONDITION: a possible duplicate must be resolved first.
  case duplicateHold(CallFailure)
  /// FAILED_PRECONDITION: eligibility; ``CallFailure/preconditionViolations`` names each
  /// criterion.
  case ruleNotMet(CallFailure)
  /// FAILED_PRECONDITION: no active consent for recipient and purpose.
  case consentMissing(CallFailure)
  /// FAILED_PRECONDITION: the consent was withdrawn.
  case consentWithdrawn(CallFailure)
  /// FAILED_PRECONDITION: the time to confirm the offer has passed.
  case confirmWindowPassed(CallFailure)
  /// FAILED_PRECONDITION: too early or late to check in, or another visit code.
  case checkInWindow(CallFailure)
  /// FAILED_PRECONDITION: the appointment was moved twice.
  case rescheduleLimit(CallFailure)
  /// FAILED_PRECONDITION: the registration was reopened before.
  case appealUsed(CallFailure)
  /// FAILED_PRECONDITION: the move needs another authorised person.
  case secondPersonRequired(CallFailure)
  /// FAILED_PRECONDITION: the partner takes no more cases now.
  case partnerCapacity(CallFailure)
  /// FAILED_PRECONDITION: only a petitioner begins this pathway.
  case pathwayNotSendable(CallFailure)
  /// FAILED_PRECONDITION: the programme winds down or is under legal hold.
  case programFrozen(CallFailure)
  /// FAILED_PRECONDITION: the figures are off the published grid.
  case suppressed(CallFailure)
  /// RESOURCE_EXHAUSTED: the intake window has admitted its quota.
  case quotaReached(CallFailure)
  /// RESOURCE_EXHAUSTED: the server is busy; ``CallFailure/retryDelay`` says for how long.
  case overloaded(CallFailure)
  /// OUT_OF_RANGE: the resume token is too old; list again. A ``WatchSequence`` does so itself.
  case resumeTokenExpired(CallFailure)
  /// Another failure: of the connection, of the runtime, or with a reason that this version does not know.
  case other(CallFailure)

  /// What a call threw.
  public init(_ error: RPCError) { self.init(CallFailure(error)) }

  /// What was thrown around a call. Cancellation is CANCELLED; what is no failure of a call is UNKNOWN.
  public init(_ error: any Error) {
    switch error {
    case let error as SafeMobilityError: self = error
    case let failure as CallFailure: self.init(failure)
    case let error as RPCError: self.init(CallFailure(error))
    case is CancellationError: self.init(RPCError(.cancelled, "the task was cancelled"))
    default: self.init(RPCError(.unknown, "\(error)"))
    }
  }

  /// A failure that was read before.
  public init(_ failure: CallFailure) {
    // Without a default: a reason that is new in the contract does not compile until it has its case.
    switch failure.errorReason {
    case .fieldInvalid: self = .fieldInvalid(failure)
    case .requestIdRequired: self = .requestIdRequired(failure)
    case .requestIdReused: self = .requestIdReused(failure)
    case .purposeRequired: self = .purposeRequired(failure)
    case .accessDenied: self = .accessDenied(failure)
    case .purposeNotAllowed: self = .purposeNotAllowed(failure)
    case .alreadyRegistered: self = .alreadyRegistered(failure)
    case .referralLiveExists: self = .referralLiveExists(failure)
    case .appointmentLiveExists: self = .appointmentLiveExists(failure)
    case .etagMismatch: self = .etagMismatch(failure)
    case .requestInFlight: self = .requestInFlight(failure)
    case .holdFenceStale: self = .holdFenceStale(failure)
    case .transitionNotAllowed: self = .transitionNotAllowed(failure)
    case .slotFull: self = .slotFull(failure)
    case .slotBlocked: self = .slotBlocked(failure)
    case .holdExpired: self = .holdExpired(failure)
    case .holdLimit: self = .holdLimit(failure)
    case .personOverlap: self = .personOverlap(failure)
    case .windowClosed: self = .windowClosed(failure)
    case .duplicateHold: self = .duplicateHold(failure)
    case .ruleNotMet: self = .ruleNotMet(failure)
    case .consentMissing: self = .consentMissing(failure)
    case .consentWithdrawn: self = .consentWithdrawn(failure)
    case .confirmWindowPassed: self = .confirmWindowPassed(failure)
    case .checkInWindow: self = .checkInWindow(failure)
    case .rescheduleLimit: self = .rescheduleLimit(failure)
    case .appealUsed: self = .appealUsed(failure)
    case .secondPersonRequired: self = .secondPersonRequired(failure)
    case .partnerCapacity: self = .partnerCapacity(failure)
    case .pathwayNotSendable: self = .pathwayNotSendable(failure)
    case .programFrozen: self = .programFrozen(failure)
    case .suppressed: self = .suppressed(failure)
    case .quotaReached: self = .quotaReached(failure)
    case .overloaded: self = .overloaded(failure)
    case .resumeTokenExpired: self = .resumeTokenExpired(failure)
    case nil, .unspecified, .unrecognized: self = .other(failure)
    }
  }
}

extension SafeMobilityError {
  /// What is known of the failure, whichever it is.
  public var failure: CallFailure {
    switch self {
    case .fieldInvalid(let failure),
      .requestIdRequired(let failure),
      .requestIdReused(let failure),
      .purposeRequired(let failure),
      .accessDenied(let failure),
      .purposeNotAllowed(let failure),
      .alreadyRegistered(let failure),
      .referralLiveExists(let failure),
      .appointmentLiveExists(let failure),
      .etagMismatch(let failure),
      .requestInFlight(let failure),
      .holdFenceStale(let failure),
      .transitionNotAllowed(let failure),
      .slotFull(let failure),
      .slotBlocked(let failure),
      .holdExpired(let failure),
      .holdLimit(let failure),
      .personOverlap(let failure),
      .windowClosed(let failure),
      .duplicateHold(let failure),
      .ruleNotMet(let failure),
      .consentMissing(let failure),
      .consentWithdrawn(let failure),
      .confirmWindowPassed(let failure),
      .checkInWindow(let failure),
      .rescheduleLimit(let failure),
      .appealUsed(let failure),
      .secondPersonRequired(let failure),
      .partnerCapacity(let failure),
      .pathwayNotSendable(let failure),
      .programFrozen(let failure),
      .suppressed(let failure),
      .quotaReached(let failure),
      .overloaded(let failure),
      .resumeTokenExpired(let failure),
      .other(let failure):
      failure
    }
  }
}

extension SafeMobilityError: CustomStringConvertible {
  /// One line for logs: `FAILED_PRECONDITION SLOT_FULL: the slot is full`.
  public var description: String {
    let failure = failure
    return "\(failure.code)\(failure.reason.map { " \($0)" } ?? ""): \(failure.message)"
  }
}
