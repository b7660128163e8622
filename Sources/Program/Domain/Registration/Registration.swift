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
  /// The service chosen with the invitation.
  public var invitedService: ServiceOfferID?
  /// Who screened it out, so that another can reopen it.
  public var screenedOutBy: Actor?
  /// Why it was screened out.
  public var screenOutReason: ScreenOutReason?
  /// Whether its one appeal is used.
  public var appealUsed: Bool
  /// The pathways it was found eligible for; empty until then, and when none.
  public var eligiblePathways: [PathwayID]
  /// How it ended, from RESOLVED on.
  public var outcome: Outcome?
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: RegistrationID, program: ProgramID, window: IntakeWindowID? = nil, receipt: Receipt,
    principal: PersonID, members: [Member] = [], hostRegion: RegionCode,
    homeRegion: RegionCode? = nil, subdivision: String? = nil, municipality: String? = nil,
    language: LanguageTag = .fallback, needsInterpreter: Bool = false, channel: Channel,
    answers: Answers = Answers(), ruleVersion: Int? = nil, submitTime: Instant? = nil,
    queueRankTime: Instant? = nil, holds: RegistrationHolds = [], state: RegistrationState,
    invitedService: ServiceOfferID? = nil, screenedOutBy: Actor? = nil,
    screenOutReason: ScreenOutReason? = nil, appealUsed: Bool = false,
    eligiblePathways: [PathwayID] = [], outcome: Outcome? = nil, revision: Revision
  ) {
    self.id = id
    self.program = program
    self.window = window
    self.receipt = receipt
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
    self.invitedService = invitedService
    self.screenedOutBy = screenedOutBy
    self.screenOutReason = screenOutReason
    self.appealUsed = appealUsed
    self.eligiblePathways = eligiblePathways
    self.outcome = outcome
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }

  /// Everyone of the household, the principal first.
  public var persons: [PersonID] { [principal] + members.map(\.person) }

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
  /// Bit 0 duplicate, 1 fraud, 2 protection.
  public let rawValue: Int

  /// Unknown bits are kept.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// A possible duplicate is unresolved.
  public static let duplicate = RegistrationHolds(rawValue: 1)
  /// A suspicion of fraud is unresolved.
  public static let fraud = RegistrationHolds(rawValue: 2)
  /// Hidden from all but the named unit: minors, survivors.
  public static let protection = RegistrationHolds(rawValue: 4)
}

/// The form's questions; `nil` means not answered, which is not no.
public struct Answers: Hashable, Sendable, Codable {
  /// Where the principal is now.
  public var presentRegion: RegionCode?
  /// Since when, as far as known.
  public var presentSince: CivilDate?
  /// The standing in the host country.
  public var hostStatus: HostStatus?
  /// Needs protection.
  public var hasProtectionNeeds: Bool?
  /// Has close family in the United States.
  public var hasFamilyInUnitedStates: Bool?
  /// Somebody has petitioned or would sponsor.
  public var hasSponsor: Bool?
  /// Wants temporary work abroad.
  public var wantsTemporaryWork: Bool?

  /// Every field as given; nothing is checked here.
  public init(
    presentRegion: RegionCode? = nil, presentSince: CivilDate? = nil,
    hostStatus: HostStatus? = nil, hasProtectionNeeds: Bool? = nil,
    hasFamilyInUnitedStates: Bool? = nil, hasSponsor: Bool? = nil, wantsTemporaryWork: Bool? = nil
  ) {
    self.presentRegion = presentRegion
    self.presentSince = presentSince
    self.hostStatus = hostStatus
    self.hasProtectionNeeds = hasProtectionNeeds
    self.hasFamilyInUnitedStates = hasFamilyInUnitedStates
    self.hasSponsor = hasSponsor
    self.wantsTemporaryWork = wantsTemporaryWork
  }
}

/// Why a registration was screened out.
public enum ScreenOutReason: Int, CaseIterable, Codable, Sendable {
  case noPathway = 1
  case rulesNotMet = 2
  case identityUnclear = 3
  case notReachable = 4
  case alreadyServed = 5
}

/// How a registration ended.
public enum Outcome: Int, CaseIterable, Codable, Sendable {
  /// No pathway was found: a first-class outcome.
  case noPathway = 1
  /// Advice was given.
  case advised = 2
  /// Passed on to local services.
  case localServices = 3
  /// A partner approved.
  case approved = 4
  /// Partners denied.
  case denied = 5
  /// The household chose not to go on.
  case declined = 6
}
