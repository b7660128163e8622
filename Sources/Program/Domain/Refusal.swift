/// Why the domain says no: a reason a program can act on, and a message safe for strangers.
///
/// The messages hold no personal data, no ids of others and no SQL. Status codes are not known
/// here; Services maps each reason to one.
public struct Refusal: Error, Hashable, Sendable {
  /// The reason, one of the published names.
  public let reason: Reason
  /// A sentence in English for the developer of the caller.
  public let message: String
  /// The fields at fault, for ``Reason/fieldInvalid`` and ``Reason/ruleNotMet``; else empty.
  public let violations: [Violation]
  /// The first registration's receipt, with ``Reason/alreadyRegistered``. Services shows it only
  /// to callers who may see that registration.
  public let receipt: Receipt?
  /// Why access was really denied, with ``Reason/accessDenied``: for the log alone, because a caller
  /// must not learn whether a resource is hidden or absent.
  public let denial: Denial?

  /// One field that breaks a rule.
  public struct Violation: Hashable, Sendable {
    /// The path of the field in the words of the contract: `members[2].relation`.
    public let field: String
    /// What is wrong, without the value.
    public let problem: String

    /// A field and its problem.
    public init(_ field: String, _ problem: String) {
      self.field = field
      self.problem = problem
    }
  }

  /// A refusal; the message is the reason's own unless another is given.
  public init(
    _ reason: Reason, _ message: String? = nil, violations: [Violation] = [],
    receipt: Receipt? = nil
  ) {
    self.init(reason, message ?? reason.message, violations, receipt, denial: nil)
  }

  private init(
    _ reason: Reason, _ message: String, _ violations: [Violation], _ receipt: Receipt?,
    denial: Denial?
  ) {
    self.reason = reason
    self.message = message
    self.violations = violations
    self.receipt = receipt
    self.denial = denial
  }

  /// ACCESS_DENIED: one answer whatever the cause, which only the log may know (domain § 11).
  public static func denied(_ denial: Denial) -> Refusal {
    Refusal(.accessDenied, Reason.accessDenied.message, [], nil, denial: denial)
  }

  /// A single wrong or missing field.
  public static func field(_ field: String, _ problem: String) -> Refusal {
    Refusal(.fieldInvalid, violations: [Violation(field, problem)])
  }

  /// A move that the machine does not have from its present state.
  public static func illegal(_ event: String, in state: String) -> Refusal {
    Refusal(.transitionNotAllowed, "\(event) is not possible in state \(state).")
  }
}

extension Refusal {
  /// The published reason names, `ErrorInfo.reason` on the wire.
  public enum Reason: String, CaseIterable, Codable, Sendable {
    case fieldInvalid = "FIELD_INVALID"
    case requestIdRequired = "REQUEST_ID_REQUIRED"
    case requestIdReused = "REQUEST_ID_REUSED"
    case purposeRequired = "PURPOSE_REQUIRED"
    case accessDenied = "ACCESS_DENIED"
    case purposeNotAllowed = "PURPOSE_NOT_ALLOWED"
    case alreadyRegistered = "ALREADY_REGISTERED"
    case referralLiveExists = "REFERRAL_LIVE_EXISTS"
    case appointmentLiveExists = "APPOINTMENT_LIVE_EXISTS"
    case etagMismatch = "ETAG_MISMATCH"
    case requestInFlight = "REQUEST_IN_FLIGHT"
    case holdFenceStale = "HOLD_FENCE_STALE"
    case transitionNotAllowed = "TRANSITION_NOT_ALLOWED"
    case slotFull = "SLOT_FULL"
    case slotBlocked = "SLOT_BLOCKED"
    case holdExpired = "HOLD_EXPIRED"
    case holdLimit = "HOLD_LIMIT"
    case personOverlap = "PERSON_OVERLAP"
    case windowClosed = "WINDOW_CLOSED"
    case duplicateHold = "DUPLICATE_HOLD"
    case ruleNotMet = "RULE_NOT_MET"
    case consentMissing = "CONSENT_MISSING"
    case consentWithdrawn = "CONSENT_WITHDRAWN"
    case confirmWindowPassed = "CONFIRM_WINDOW_PASSED"
    case checkInWindow = "CHECK_IN_WINDOW"
    case rescheduleLimit = "RESCHEDULE_LIMIT"
    case appealUsed = "APPEAL_USED"
    case secondPersonRequired = "SECOND_PERSON_REQUIRED"
    case partnerCapacity = "PARTNER_CAPACITY"
    case pathwayNotSendable = "PATHWAY_NOT_SENDABLE"
    case programFrozen = "PROGRAM_FROZEN"
    case suppressed = "SUPPRESSED"
    case quotaReached = "QUOTA_REACHED"
    case overloaded = "OVERLOADED"
    case resumeTokenExpired = "RESUME_TOKEN_EXPIRED"

    /// The sentence that goes with the reason when nothing more can be said.
    public var message: String {
      switch self {
      case .fieldInvalid: "A field is missing or not valid."
      case .requestIdRequired: "Every change needs a request_id, a UUID."
      case .requestIdReused: "This request_id was used before with another request."
      case .purposeRequired: "The call must name its purpose in pasarela-purpose."
      case .accessDenied: "Permission denied on the resource (or it might not exist)."
      case .purposeNotAllowed: "This partner may not call for this purpose."
      case .alreadyRegistered: "A person of this household is already registered."
      case .referralLiveExists: "A referral of this kind is still under way."
      case .appointmentLiveExists: "There is already an appointment for this service."
      case .etagMismatch: "The resource has changed; read it again."
      case .requestInFlight: "The same request is still running."
      case .holdFenceStale: "The hold was renewed; use its newest fence."
      case .transitionNotAllowed: "The resource's state does not allow this."
      case .slotFull: "The slot does not have enough free seats."
      case .slotBlocked: "The slot is blocked."
      case .holdExpired: "The hold has ended; hold seats again."
      case .holdLimit: "The registration has used up its holds."
      case .personOverlap: "A person has another appointment at that time."
      case .windowClosed: "The intake window is not open."
      case .duplicateHold: "A possible duplicate must be resolved first."
      case .ruleNotMet: "The conditions for this are not met."
      case .consentMissing: "An active consent is needed."
      case .consentWithdrawn: "The consent has been withdrawn."
      case .confirmWindowPassed: "The time to confirm has passed."
      case .checkInWindow: "Check-in opens 90 minutes before the start and closes at the end."
      case .rescheduleLimit: "The appointment was moved too often."
      case .appealUsed: "The appeal has been used."
      case .secondPersonRequired: "Another authorised person must do this."
      case .partnerCapacity: "The partner takes no more referrals on this pathway for now."
      case .pathwayNotSendable: "On this pathway the office advises and cannot refer."
      case .programFrozen: "The programme is closing or frozen."
      case .suppressed: "The figure is suppressed."
      case .quotaReached: "The window's quota is used up."
      case .overloaded: "The server is busy; try again later."
      case .resumeTokenExpired: "The resume token is too old; list again."
      }
    }
  }
}
