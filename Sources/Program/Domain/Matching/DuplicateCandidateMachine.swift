/// Moves a possible duplicate.
///
///     OPEN, UNDECIDED → CONFIRMED, DISTINCT, UNDECIDED
///     DISTINCT → OPEN, when more speaks for it than the reviewer had before them
///
/// What was said of a pair is remembered: it is not opened again by what was known then. Until then a search that finds other evidence says so, and
/// what has held once holds until a reviewer has looked: else whoever is held would correct the record,
/// and correct it back when the hold has done its work.
public struct DuplicateCandidateMachine: ~Copyable {
  private var candidate: DuplicateCandidate

  /// Takes the stored candidate.
  public init(_ candidate: DuplicateCandidate) {
    self.candidate = candidate
  }

  /// A new pair, OPEN. Refused with TRANSITION_NOT_ALLOWED for one person, one household, or evidence
  /// that is not enough: those are the caller's mistakes.
  public static func open(
    _ id: DuplicateCandidateID, program: ProgramID, first: DuplicateCandidate.Side,
    second: DuplicateCandidate.Side, _ assessment: DuplicateAssessment,
    rule: MatchingRule = .standard, at now: Instant
  ) throws(Refusal) -> Change<DuplicateCandidate> {
    guard first.registration != second.registration, first.person != second.person else {
      throw Refusal.illegal("Open", in: "one household")
    }
    guard assessment.isSuspicious else { throw Refusal.illegal("Open", in: "too little evidence") }
    return DuplicateCandidate(
      id: id, program: program, first: first, second: second, score: assessment.score,
      isHolding: assessment.isHolding, evidence: assessment.evidence,
      algorithmVersion: rule.version, state: .open, revision: Revision(createdAt: now)
    ).created(.open)
  }

  /// A search has found the pair again. Nil where it says what is known.
  public mutating func reassess(
    _ assessment: DuplicateAssessment, rule: MatchingRule = .standard, at now: Instant
  ) throws(Refusal) -> Change<DuplicateCandidate>? {
    try candidate.demand(.reassess)
    guard
      candidate.evidence != assessment.evidence || candidate.algorithmVersion != rule.version
    else { return nil }
    candidate.score = assessment.score
    candidate.isHolding = candidate.isHolding || assessment.isHolding
    candidate.evidence = assessment.evidence
    candidate.algorithmVersion = rule.version
    return candidate.move(.reassess, to: candidate.state, at: now)
  }

  /// A search has found the pair again, of which a reviewer has said that they are two. Nil where no more
  /// speaks for it now than did then; else it is to be looked at again, since ids alone are no two persons:
  /// either record may have become the other's since.
  public mutating func reopen(
    _ assessment: DuplicateAssessment, rule: MatchingRule = .standard, at now: Instant
  ) throws(Refusal) -> Change<DuplicateCandidate>? {
    try candidate.demand(.reopen)
    guard candidate.isOutgrown(by: assessment, rule: rule) else { return nil }
    candidate.score = assessment.score
    candidate.isHolding = assessment.isHolding
    candidate.evidence = assessment.evidence
    candidate.algorithmVersion = rule.version
    candidate.reviewer = nil
    return candidate.move(.reopen, to: .open, at: now)
  }

  /// A reviewer says what it is. Refused with FIELD_INVALID when that is nothing: OPEN.
  public mutating func resolve(
    as resolution: DuplicateState, by reviewer: Actor, at now: Instant
  ) throws(Refusal) -> Change<DuplicateCandidate> {
    try candidate.demand(.resolve)
    guard resolution != .open else {
      throw Refusal.field("resolution", "must be CONFIRMED, DISTINCT or UNDECIDED")
    }
    candidate.reviewer = reviewer
    return candidate.move(.resolve, to: resolution, at: now)
  }
}

extension DuplicateCandidate: Aggregate {
  /// A possible duplicate.
  public static var aggregateKind: AggregateKind { .duplicateCandidate }

  /// The events of ``DuplicateCandidateMachine``.
  public enum Event: String, MachineEvent {
    case open = "Open"
    case reassess = "Reassess"
    case resolve = "Resolve"
    case reopen = "Reopen"

    /// The states that have the event.
    public var sources: [DuplicateState] {
      switch self {
      case .open: []
      case .reassess, .resolve: [.open, .undecided]
      case .reopen: [.distinct]
      }
    }
  }

  /// A change of a candidate asks for nothing besides; what it does to the registrations is a change of
  /// theirs: see ``RegistrationMachine/reviewDuplicates(isHeld:isConfirmed:apart:at:)``.
  public enum Order: Hashable, Sendable {}
}
