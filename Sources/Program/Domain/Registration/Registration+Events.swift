extension Registration: Aggregate {
  /// A registration.
  public static var aggregateKind: AggregateKind { .registration }

  /// The events of ``RegistrationMachine``.
  public enum Event: String, MachineEvent {
    case create = "Create"
    case submit = "Submit"
    case expire = "Expire"
    case startScreening = "StartScreening"
    case requestInfo = "RequestInfo"
    case provideInfo = "ProvideInfo"
    case screenOut = "ScreenOut"
    case reopen = "Reopen"
    case invite = "Invite"
    case interviewFulfilled = "InterviewFulfilled"
    case recordEligibility = "RecordEligibility"
    case referralSent = "ReferralSent"
    case resolve = "Resolve"
    case withdraw = "Withdraw"
    case update = "Update"
    case addMember = "AddPerson"
    case removeMember = "RemovePerson"
    case reviewDuplicates = "ReviewDuplicates"
    case protect = "SetProtectionHold"
    case unprotect = "LiftProtectionHold"

    /// The states that have the event.
    public var sources: [RegistrationState] {
      switch self {
      case .create: []
      case .submit, .expire: [.draft]
      case .startScreening: [.submitted]
      case .requestInfo, .screenOut, .invite: [.screening]
      case .provideInfo: [.infoRequested]
      case .reopen: [.screenedOut]
      case .interviewFulfilled: [.invited]
      case .recordEligibility: [.interviewed]
      case .referralSent: [.eligible]
      case .resolve: [.eligible, .notEligible, .referred]
      // Until the invitation: from then on seats and findings rest on who the household is.
      case .addMember, .removeMember: [.draft, .submitted, .screening, .infoRequested]
      case .reviewDuplicates, .protect, .unprotect:
        [
          .submitted, .screening, .infoRequested, .invited, .interviewed, .eligible, .notEligible,
          .referred,
        ]
      case .withdraw, .update:
        [
          .draft, .submitted, .screening, .infoRequested, .invited, .interviewed, .eligible,
          .notEligible, .referred,
        ]
      }
    }
  }

  /// What a change of a registration may ask for besides.
  public enum Order: Hashable, Sendable {
    /// Count one admission of the window; refused with QUOTA_REACHED when none is left (INV-11).
    case admit(IntakeWindowID)
    /// Cancel the live appointments (reason REGISTRATION_ENDED) and release the holds.
    case cancelAppointments(by: CancelParty)
    /// Recall the live referrals, or ask for their withdrawal; see
    /// ``ReferralMachine/endForApplicant(_:at:)``.
    case endReferrals
    /// Tell the referrals that are not over that others see them than before: ``ReferralMachine/conceal(at:)``, or
    /// ``ReferralMachine/reveal(at:)``.
    case showReferrals(Bool)
  }
}
