/// That two persons of different registrations may be one human being.
public struct DuplicateCandidate: Hashable, Sendable, Codable {
  /// Its id.
  public var id: DuplicateCandidateID
  /// The program of both.
  public var program: ProgramID
  /// The person who was there before.
  public var first: Side
  /// The person who came after, or whose record was changed to look like the first.
  public var second: Side
  /// The sum of the weights, in bits.
  public var score: Double
  /// Whether the score holds the later registration, or has held it before a correction lowered it.
  public var isHolding: Bool
  /// What speaks for and against.
  public var evidence: [DuplicateEvidence]
  /// The version of the matching.
  public var algorithmVersion: String
  /// Who has said what it is.
  public var reviewer: Actor?
  /// Where it stands.
  public var state: DuplicateState
  /// Its changes.
  public var revision: Revision

  /// One of the two.
  public struct Side: Hashable, Sendable, Codable {
    /// The person.
    public var person: PersonID
    /// The person's registration.
    public var registration: RegistrationID

    /// Every field as given; nothing is checked here.
    public init(person: PersonID, registration: RegistrationID) {
      self.person = person
      self.registration = registration
    }

    /// The side of a person.
    public init(_ person: Person) {
      self.init(person: person.id, registration: person.registration)
    }
  }

  /// Every field as given; nothing is checked here.
  public init(
    id: DuplicateCandidateID, program: ProgramID, first: Side, second: Side, score: Double,
    isHolding: Bool, evidence: [DuplicateEvidence], algorithmVersion: String,
    reviewer: Actor? = nil, state: DuplicateState, revision: Revision
  ) {
    self.id = id
    self.program = program
    self.first = first
    self.second = second
    self.score = score
    self.isHolding = isHolding
    self.evidence = evidence
    self.algorithmVersion = algorithmVersion
    self.reviewer = reviewer
    self.state = state
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }

  /// The same for both orders of two persons: a pair is opened once.
  public var pair: DuplicatePair { DuplicatePair(first.person, second.person) }

  /// Whether it keeps the later registration from moving on.
  public var holdsLater: Bool {
    switch state {
    case .open, .undecided: isHolding
    case .confirmed: true
    case .distinct: false
    }
  }

  /// Whether somebody has said for good what it is.
  public var isSettled: Bool { !Event.resolve.sources.contains(state) }

  /// Whether more speaks for it now than when it was last looked at: a number that was not the same then,
  /// something that is more alike, or a higher score by the same numbers of matching.
  func isOutgrown(by assessment: DuplicateAssessment, rule: MatchingRule = .standard) -> Bool {
    guard assessment.isSuspicious else { return false }
    if algorithmVersion == rule.version, assessment.score > score { return true }
    return assessment.evidence.contains { found in
      let before = evidence.first { $0.kind == found.kind }
      return found.weight > 0 && found.similarity > before?.similarity ?? 0
    }
  }

  /// Whether a search with this result has nothing to say of it any more.
  public func isSettled(against assessment: DuplicateAssessment, rule: MatchingRule) -> Bool {
    switch state {
    case .open, .undecided: false
    case .confirmed: true
    case .distinct: !isOutgrown(by: assessment, rule: rule)
    }
  }

  /// Its place in lists, the highest score first: thousandths of a bit below nothing.
  public var rank: Int64 { Self.rank(of: score) }

  /// The place of a score.
  public static func rank(of score: Double) -> Int64 {
    // Scores are some hundred bits at most; a caller's filter may name anything.
    Int64((-min(max(score, -1e9), 1e9) * 1_000).rounded())
  }
}

/// Two persons, whoever is named first.
public struct DuplicatePair: Hashable, Sendable {
  /// The one whose id comes first.
  public let low: PersonID
  /// The other.
  public let high: PersonID

  /// The pair of two persons.
  public init(_ one: PersonID, _ other: PersonID) {
    (low, high) = one < other ? (one, other) : (other, one)
  }
}

/// The states of a possible duplicate.
public enum DuplicateState: Int, CaseIterable, Codable, Sendable {
  case open = 1
  case confirmed = 2
  case distinct = 3
  case undecided = 4
}
