public import Domain

/// Which possible duplicates are asked for; every part given must hold.
public struct DuplicateFilter: Hashable, Sendable {
  /// With a person of this registration.
  public var registration: RegistrationID?
  /// In this state.
  public var state: DuplicateState?
  /// Whose score holds the later registration, or does not.
  public var isHolding: Bool?
  /// With a rank from here on; see ``DuplicateCandidate/rank``.
  public var rankMin: Int64?
  /// With a rank up to here.
  public var rankMax: Int64?

  /// All fields; by default every possible duplicate.
  public init(
    registration: RegistrationID? = nil, state: DuplicateState? = nil, isHolding: Bool? = nil,
    rankMin: Int64? = nil, rankMax: Int64? = nil
  ) {
    self.registration = registration
    self.state = state
    self.isHolding = isHolding
    self.rankMin = rankMin
    self.rankMax = rankMax
  }
}

/// A place in a list of possible duplicates, the id breaking ties.
public struct DuplicateKey: Hashable, Sendable {
  /// The rank of the row.
  public var rank: Int64
  /// The id of the row.
  public var id: DuplicateCandidateID

  /// The place of the row with that rank and id.
  public init(_ rank: Int64, _ id: DuplicateCandidateID) {
    self.rank = rank
    self.id = id
  }

  /// The place of a candidate.
  public init(_ candidate: DuplicateCandidate) {
    self.init(candidate.rank, candidate.id)
  }
}

/// Somebody who is stored under a key that was asked for.
public struct MatchHit: Hashable, Sendable {
  /// The key.
  public var key: Digest
  /// The person.
  public var person: PersonID

  /// A key and a person.
  public init(key: Digest, person: PersonID) {
    self.key = key
    self.person = person
  }
}

/// Reads possible duplicates, and finds people by the keys they are stored under.
public protocol DuplicateReader {
  /// The possible duplicate of that id. It changes only in units that have looked at one of its
  /// registrations, so that it is still for who has looked at both.
  func duplicateCandidate(_ id: DuplicateCandidateID) throws -> DuplicateCandidate?
  /// What is known of two persons.
  func duplicateCandidate(of pair: DuplicatePair) throws -> DuplicateCandidate?
  /// Everything known of a registration's people, the highest score first; there is little.
  func duplicateCandidates(of registration: RegistrationID) throws -> [DuplicateCandidate]
  /// Possible duplicates, the highest score first.
  func duplicateCandidates(
    _ filter: DuplicateFilter, after key: DuplicateKey?, limit: Int
  ) throws -> Page<DuplicateCandidate>
  /// The people of live registrations of the program that are stored under these keys: one hit for
  /// each key of each, of each key at most `limit`, by the persons' ids. So a key that many have crowds
  /// out nobody who is stored under another.
  ///
  /// Inside a transaction nobody else looks until the unit ends: of two who are alike the second
  /// sees the first.
  func matchHits(_ keys: [Digest], in program: ProgramID, limit: Int) throws -> [MatchHit]
  /// The persons of these ids, by id; those that there are.
  func persons(_ ids: [PersonID]) throws -> [Person]
}

/// Changes possible duplicates and the keys that people are stored under.
public protocol DuplicateWriter {
  /// Adds a possible duplicate of persons and registrations that are stored.
  /// - Throws: `StoreError.conflict(.duplicatePair)` when the pair has one.
  func insert(_ candidate: DuplicateCandidate) throws
  /// Replaces a possible duplicate the caller read at `version`.
  func update(_ candidate: DuplicateCandidate, from version: Version) throws
  /// Stores a person under these keys and no others.
  func setMatchKeys(_ keys: [Digest], of person: PersonID) throws
}
