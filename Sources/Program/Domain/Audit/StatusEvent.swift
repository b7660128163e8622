/// A change of a resource's state, in the order of its versions; one per change (INV-9).
public struct StatusEvent: Hashable, Sendable, Codable {
  /// Its id, by which receivers drop repeats.
  public var id: StatusEventID
  /// The kind of resource.
  public var aggregate: AggregateKind
  /// The resource's uid.
  public var uid: String
  /// The version the change made.
  public var version: Version
  /// What happened: the verb of the machine's event, `CheckIn`.
  public var type: String
  /// The state before, by code; `nil` for a creation.
  public var stateBefore: Int?
  /// The state after, by code.
  public var stateAfter: Int
  /// Who, as a class; never a person.
  public var actorClass: ActorClass
  /// When.
  public var time: Instant

  /// Every field as given; nothing is checked here.
  public init(
    id: StatusEventID, aggregate: AggregateKind, uid: String, version: Version, type: String,
    stateBefore: Int? = nil, stateAfter: Int, actorClass: ActorClass, time: Instant
  ) {
    self.id = id
    self.aggregate = aggregate
    self.uid = uid
    self.version = version
    self.type = type
    self.stateBefore = stateBefore
    self.stateAfter = stateAfter
    self.actorClass = actorClass
    self.time = time
  }
}

/// The kinds of resources that change.
public enum AggregateKind: Int, CaseIterable, Codable, Sendable {
  case program = 1
  case intakeWindow = 2
  case office = 3
  case serviceOffer = 4
  case schedule = 5
  case slot = 6
  case registration = 7
  case person = 8
  case document = 9
  case consent = 10
  case hold = 11
  case appointment = 12
  case waitlistEntry = 13
  case referral = 14
  case decision = 15
  case partner = 16
  case duplicateCandidate = 17
  case pendingApproval = 18
}

/// Who acted, told without telling who.
public enum ActorClass: Int, CaseIterable, Codable, Sendable {
  case applicant = 1
  case staff = 2
  case partner = 3
  case admin = 4
  case system = 5

  /// The class of a role.
  public init(_ role: Role) {
    switch role {
    case .anonymous, .applicant: self = .applicant
    case .contactCentre, .screener, .interviewer, .reviewer, .scheduler, .frontDesk, .caseworker,
      .supervisor:
      self = .staff
    case .partnerOfficer: self = .partner
    case .programAdmin, .dpo, .auditor, .reportReader: self = .admin
    case .system: self = .system
    }
  }
}
