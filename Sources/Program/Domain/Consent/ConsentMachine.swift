/// Moves a consent.
///
///     PROPOSED → ACTIVE → WITHDRAWN, EXPIRED, SUPERSEDED
///     PROPOSED → WITHDRAWN, when the answer is no
///
/// Withdrawing and what it does to referrals are one transaction (INV-6).
public struct ConsentMachine: ~Copyable {
  private var consent: Consent

  /// Takes the stored consent.
  public init(_ consent: Consent) {
    self.consent = consent
  }

  /// A new consent, PROPOSED: the text has been shown, nobody has agreed yet.
  ///
  /// Refused with FIELD_INVALID when the grantor is neither the person nor the guardian, when a guardian
  /// speaks for somebody who is surely of age, or somebody who is surely a minor speaks past a guardian; and when
  /// the consent would cover nothing. A minor who has nobody speaks for themselves.
  ///
  /// - Parameter today: the date where the programme is
  public static func propose(
    _ draft: Consent, person: Person, today: CivilDate, at now: Instant
  ) throws(Refusal) -> Change<Consent> {
    let isAdult = Household.isAdult(person, today: today)
    switch draft.grantor {
    case person.guardian where isAdult == true:
      throw Refusal.field(
        "consent.grantor", "must be the person, who is of age: a guardian consents for a minor")
    case person.guardian: break
    case person.id where person.guardian != nil && isAdult == false:
      throw Refusal.field("consent.grantor", "must be the guardian: the person is a minor")
    case person.id: break
    default:
      throw Refusal.field("consent.grantor", "must be the person or the person's guardian")
    }
    guard !draft.dataClasses.classes.isEmpty else {
      throw Refusal.field("consent.data_classes", "at least one class is needed")
    }
    guard !draft.textVersion.isEmpty else {
      throw Refusal.field("text_version", "the version of the text shown is needed")
    }
    var consent = draft
    consent.state = .proposed
    consent.grantTime = nil
    consent.withdrawTime = nil
    consent.revision = Revision(createdAt: now)
    return consent.created(.propose)
  }

  /// The person agrees. A witness or interpreter is needed unless by click; `replaced` are the
  /// active consents of the same person, recipient and purpose, which this one supersedes.
  public mutating func grant(
    method: ConsentMethod, witness: String? = nil, interpreter: String? = nil,
    replaced: [ConsentID], at now: Instant
  ) throws(Refusal) -> Change<Consent> {
    try consent.demand(.grant)
    let others = [witness ?? consent.witness, interpreter ?? consent.interpreter]
    if method != .click, others.allSatisfy({ $0.map(\.isEmpty) ?? true }) {
      throw Refusal.field("witness", "a witness or interpreter is needed unless given by click")
    }
    if let end = consent.expireTime, end <= now {
      throw Refusal.field("expire_time", "is in the past")
    }
    consent.method = method
    consent.witness = others[0]
    consent.interpreter = others[1]
    consent.grantTime = now
    return consent.move(
      .grant, to: .active, at: now, orders: replaced.map(Consent.Order.supersede))
  }

  /// The person takes it back, at any time and without a reason, or says no to what was proposed;
  /// nothing rests on the latter yet.
  public mutating func withdraw(at now: Instant) throws(Refusal) -> Change<Consent> {
    try consent.demand(.withdraw)
    let orders: [Consent.Order] = consent.state == .active ? [.endReferrals] : []
    consent.withdrawTime = now
    return consent.move(.withdraw, to: .withdrawn, at: now, orders: orders)
  }

  /// The timer: its time is over.
  public mutating func expire(at now: Instant) throws(Refusal) -> Change<Consent> {
    try consent.demand(.expire)
    guard let end = consent.expireTime, end <= now else {
      throw Refusal.illegal("Expire", in: "active, still in its time")
    }
    return consent.move(.expire, to: .expired, at: now)
  }

  /// A newer one of the same person, recipient and purpose was granted.
  public mutating func supersede(at now: Instant) throws(Refusal) -> Change<Consent> {
    try consent.demand(.supersede)
    return consent.move(.supersede, to: .superseded, at: now)
  }
}

extension Consent: Aggregate {
  /// A consent.
  public static var aggregateKind: AggregateKind { .consent }

  /// The events of ``ConsentMachine``.
  public enum Event: String, MachineEvent {
    case propose = "Propose"
    case grant = "Grant"
    case withdraw = "Withdraw"
    case expire = "Expire"
    case supersede = "Supersede"

    /// The states that have the event.
    public var sources: [ConsentState] {
      switch self {
      case .propose: []
      case .grant: [.proposed]
      case .withdraw: [.proposed, .active]
      case .expire, .supersede: [.active]
      }
    }
  }

  /// What a change of a consent may ask for besides.
  public enum Order: Hashable, Sendable {
    /// Supersede this older consent.
    case supersede(ConsentID)
    /// For every referral that rests on this consent (one of the person to the recipient for the
    /// purpose, also where it was sent on a text that this one superseded): recall it, or ask for
    /// its withdrawal; see
    /// ``ReferralMachine/endForApplicant(_:at:)``.
    case endReferrals
  }
}
