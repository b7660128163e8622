/// One case: a principal and the household that moves together.
public struct Registration: Hashable, Sendable, Codable {
  /// Its id.
  public var id: RegistrationID
  /// The program.
  public var program: ProgramID
  /// The window it came in by.
  public var window: IntakeWindowID?
  /// The code for the telephone.
  public var receipt: Receipt
  /// The applicant who made it and alone may see it in that role; `nil` when staff did.
  public var owner: Actor?
  /// The person the case is about; not among the ``members``.
  public var principal: PersonID
  /// The others of the household.
  public var members: [Member]
  /// The country whose office has the case.
  public var hostRegion: RegionCode
  /// The country the household comes from.
  public var homeRegion: RegionCode?
  /// ISO 3166-2 code of the department: `GT-09`.
  public var subdivision: String?
  /// The municipality's name or number, as given.
  public var municipality: String?
  /// The language to speak and write in.
  public var language: LanguageTag
  /// Whether an interpreter is needed.
  public var needsInterpreter: Bool
  /// How it came in.
  public var channel: Channel
  /// What was asked on the form.
  public var answers: Answers
  /// The version of the eligibility rule it was judged by, from submission on.
  public var ruleVersion: Int?
  /// When it was submitted.
  public var submitTime: Instant?
  /// Its rank in every queue: earlier is better. Correcting contact data never moves it (INV-14).
  public var queueRankTime: Instant?
  /// What keeps it from moving.
  public var holds: RegistrationHolds
  /// Where it stands.
  public var state: RegistrationState
  /// What the screener has asked for; empty when nothing is open.
  public var requestedItems: [InfoItem]
  /// The kind of service chosen with the invitation.
  public var invitedServiceKind: ServiceKind?
  /// The pathways the household is invited to be looked at for; empty: for whichever may fit.
  public var invitedPathways: [PathwayID]
  /// Who screened it out, so that another can reopen it.
  public var screenedOutBy: Actor?
  /// Why it was screened out, and what advice was given.
  public var screening: ScreeningResult?
  /// Whether its one appeal is used.
  public var appealUsed: Bool
  /// What was found, pathway by pathway.
  public var findings: [EligibilityFinding]
  /// How it ended, from RESOLVED on.
  public var resolution: Resolution?
  /// Why the household left, from WITHDRAWN on.
  public var withdrawalReason: WithdrawalReason?
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: RegistrationID, program: ProgramID, window: IntakeWindowID? = nil, receipt: Receipt,
    owner: Actor? = nil, principal: PersonID, members: [Member] = [], hostRegion: RegionCode,
    homeRegion: RegionCode? = nil, subdivision: String? = nil, municipality: String? = nil,
    language: LanguageTag = .fallback, needsInterpreter: Bool = false, channel: Channel,
    answers: Answers = Answers(), ruleVersion: Int? = nil, submitTime: Instant? = nil,
    queueRankTime: Instant? = nil, holds: RegistrationHolds = [], state: RegistrationState,
    requestedItems: [InfoItem] = [], invitedServiceKind: ServiceKind? = nil,
    invitedPathways: [PathwayID] = [], screenedOutBy: Actor? = nil,
    screening: ScreeningResult? = nil, appealUsed: Bool = false,
    findings: [EligibilityFinding] = [], resolution: Resolution? = nil,
    withdrawalReason: WithdrawalReason? = nil, revision: Revision
  ) {
    self.id = id
    self.program = program
    self.window = window
    self.receipt = receipt
    self.owner = owner
    self.principal = principal
    self.members = members
    self.hostRegion = hostRegion
    self.homeRegion = homeRegion
    self.subdivision = subdivision
    self.municipality = municipality
    self.language = language
    self.needsInterpreter = needsInterpreter
    self.channel = channel
    self.answers = answers
    self.ruleVersion = ruleVersion
    self.submitTime = submitTime
    self.queueRankTime = queueRankTime
    self.holds = holds
    self.state = state
    self.requestedItems = requestedItems
    self.invitedServiceKind = invitedServiceKind
    self.invitedPathways = invitedPathways
    self.screenedOutBy = screenedOutBy
    self.screening = screening
    self.appealUsed = appealUsed
    self.findings = findings
    self.resolution = resolution
    self.withdrawalReason = withdrawalReason
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }

  /// Everyone of the household, the principal first.
  public var persons: [PersonID] { [principal] + members.map(\.person) }

  /// The pathways the household was found eligible for.
  public var eligiblePathways: [PathwayID] {
    findings.filter { $0.finding == .eligible }.map(\.pathway)
  }

  /// How many people it is: 1 with the principal alone.
  public var householdCount: Int { 1 + members.count }
}

/// A person of the household besides the principal.
public struct Member: Hashable, Sendable, Codable {
  /// The person.
  public var person: PersonID
  /// What they are to the principal.
  public var relation: Relation
  /// Whether they count, or await the review of a duplicate (INV-8).
  public var standing: MemberStanding

  /// Every field as given; nothing is checked here.
  public init(person: PersonID, relation: Relation, standing: MemberStanding) {
    self.person = person
    self.relation = relation
    self.standing = standing
  }
}

/// What a member is to the principal. Other relatives register apart.
public enum Relation: Int, CaseIterable, Codable, Sendable {
  case spouse = 1
  case child = 2
  case stepChild = 3
  case adoptedChild = 4
  case grandchildMinor = 5
  case parent = 6
}

/// Whether a member counts.
public enum MemberStanding: Int, CaseIterable, Codable, Sendable {
  case active = 1
  case underReview = 2
}

/// What keeps a registration from moving; bits are stored as they are.
public struct RegistrationHolds: OptionSet, Hashable, Sendable, Codable {
  /// Bit 0 duplicate, 1 fraud, 2 protection, 3 confirmed duplicate.
  public let rawValue: Int

  /// Unknown bits are kept.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// A possible duplicate is unresolved.
  public static let duplicate = RegistrationHolds(rawValue: 1)
  /// A suspicion of fraud is unresolved. The contract has it, and nothing sets it yet.
  public static let fraud = RegistrationHolds(rawValue: 2)
  /// Hidden from all but the named unit: minors, survivors. See ``RegistrationMachine/setProtection(_:at:)``.
  public static let protection = RegistrationHolds(rawValue: 4)
  /// A duplicate is confirmed: nothing but a withdrawal is left.
  public static let confirmedDuplicate = RegistrationHolds(rawValue: 8)
}
