extension Referral: Aggregate {
  /// A referral.
  public static var aggregateKind: AggregateKind { .referral }

  /// The events of ``ReferralMachine``.
  public enum Event: String, MachineEvent {
    case create = "Create"
    case send = "Send"
    case acknowledge = "Acknowledge"
    case accept = "Accept"
    case returnToSender = "Return"
    case advance = "Advance"
    case requestWithdrawal = "RequestWithdrawal"
    case recordDecision = "RecordDecision"
    case correctDecision = "CorrectDecision"
    case close = "Close"
    case recordAdvice = "RecordAdvice"
    case reject = "Reject"
    case recall = "Recall"
    case confirmWithdrawal = "ConfirmWithdrawal"
    case markOverdue = "MarkOverdue"
    case expire = "Expire"
    case conceal = "Conceal"
    case reveal = "Reveal"

    /// The states that have the event.
    public var sources: [ReferralState] {
      switch self {
      case .create: []
      case .send: [.draft, .returned]
      case .acknowledge, .expire: [.sent]
      case .accept, .reject: [.sent, .received]
      case .returnToSender: [.received, .accepted]
      case .advance: [.accepted]
      case .requestWithdrawal: [.accepted, .inProcess]
      case .recordDecision: [.inProcess, .withdrawalRequested]
      case .close, .correctDecision: [.decided]
      case .recordAdvice: [.draft]
      case .recall: [.draft, .sent, .received, .returned]
      case .confirmWithdrawal: [.withdrawalRequested]
      case .markOverdue: [.sent, .withdrawalRequested]
      case .conceal, .reveal:
        [
          .draft, .sent, .received, .accepted, .returned, .inProcess, .withdrawalRequested,
          .decided,
        ]
      }
    }
  }

  /// What a change of a referral may ask for besides.
  public enum Order: Hashable, Sendable {
    /// Tell the registration: ``RegistrationMachine/referralSent(at:)``.
    case referralSent
    /// Insert the decision.
    case insertDecision(Decision)
  }
}
