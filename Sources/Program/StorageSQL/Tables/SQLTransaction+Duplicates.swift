import Domain
import Storage

extension SQLTransaction {
  func duplicateCandidate(_ id: DuplicateCandidateID) throws -> DuplicateCandidate? {
    try first(.candidate, [.text(id)], readCandidate)
  }

  func duplicateCandidate(of pair: DuplicatePair) throws -> DuplicateCandidate? {
    try first(.candidateOfPair, [.text(pair.low), .text(pair.high)], readCandidate)
  }

  func duplicateCandidates(of registration: RegistrationID) throws -> [DuplicateCandidate] {
    try all(.candidatesOf, [.text(registration)], readCandidate)
  }

  func duplicateCandidates(
    _ filter: DuplicateFilter, after key: DuplicateKey?, limit: Int
  ) throws -> Page<DuplicateCandidate> {
    var query = SQLListQuery(isNarrow: filter.registration != nil)
    if let registration = filter.registration {
      query.require(
        "uid IN (SELECT candidate_id FROM duplicate_side WHERE registration_id = #)",
        .text(registration))
    }
    query.require("state", oneOf: filter.state.map { [$0] } ?? [])
    if let isHolding = filter.isHolding { query.require("holds = #", .flag(isHolding)) }
    let rank = query.narrowed("score_rank")
    if let rankMin = filter.rankMin { query.require("\(rank) >= #", .integer(rankMin)) }
    if let rankMax = filter.rankMax { query.require("\(rank) <= #", .integer(rankMax)) }
    query.require("score_rank", after: key)
    let list = query.statement(
      select: "SELECT uid, body FROM duplicate_candidate", order: "score_rank, uid")
    return Page(found: try all(list, query.values(limit: limit), readCandidate), limit: limit)
  }

  func insert(_ candidate: DuplicateCandidate) throws {
    let pair = candidate.pair
    try tell(
      .insertCandidate,
      [
        .text(candidate.id), .text(pair.low), .text(pair.high), .integer(candidate.rank),
        .flag(candidate.isHolding), .code(candidate.state), .version(candidate.revision.version),
        sealed(candidate, "candidate", candidate.id),
      ])
    for side in [candidate.first, candidate.second] {
      try tell(.insertSide, [.text(side.registration), .text(candidate.id)])
    }
  }

  func update(_ candidate: DuplicateCandidate, from version: Version) throws {
    try changeOne(
      .updateCandidate,
      [
        .text(candidate.id), .version(version), .integer(candidate.rank),
        .flag(candidate.isHolding), .code(candidate.state), .version(candidate.revision.version),
        sealed(candidate, "candidate", candidate.id),
      ],
      orFind: .candidate, .text(candidate.id))
  }

  private func readCandidate(
    _ row: inout SQLRow
  ) throws(SQLFailure) -> DuplicateCandidate {
    try unsealed(DuplicateCandidate.self, "candidate", &row)
  }

  // MARK: Keys

  func matchHits(_ keys: [Digest], in program: ProgramID, limit: Int) throws -> [MatchHit] {
    if keys.isEmpty { return [] }
    try pass("matching/\(program)")
    // A key that fills up a statement is found as often as it is in it.
    var hits: Set<MatchHit> = []
    for values in Self.filled(keys.map { .digest($0) }, SQLStatement.keyCount) {
      let first: [SQLValue] = [.text(program), .integer(Int64(limit))]
      hits.formUnion(
        try all(.matchHits, first + values) { (row) throws(SQLFailure) in
          MatchHit(key: try row.digest(), person: PersonID(checked: try row.text()))
        })
    }
    return Array(hits)
  }

  func persons(_ ids: [PersonID]) throws -> [Person] {
    var found: [Person] = []
    for values in Self.filled(ids.sorted().map { .text($0) }, SQLStatement.idCount) {
      found += try all(.personsOfIDs, values) { (row) throws(SQLFailure) in
        try unsealed(Person.self, "person-body", &row)
      }
    }
    return found
  }

  func setMatchKeys(_ keys: [Digest], of person: PersonID) throws {
    try tell(.removeKeys, [.text(person)])
    for values in Self.filled(keys.map { .digest($0) }, SQLStatement.storedKeyCount) {
      try tell(.insertKeys, [.text(person)] + values)
    }
  }

  /// What goes with a person who is removed.
  func removeMatches(of person: PersonID) throws(StoreError) {
    try tell(.removeSides, [.text(person)])
    try tell(.removeCandidates, [.text(person)])
    try tell(.removeKeys, [.text(person)])
  }

  /// Values in lists of one length, the last filled up with itself: one statement for any number.
  private static func filled(_ values: [SQLValue], _ count: Int) -> [[SQLValue]] {
    stride(from: 0, to: values.count, by: count).map { start in
      let part = values[start..<min(start + count, values.count)]
      return part + Array(repeating: part[part.endIndex - 1], count: count - part.count)
    }
  }
}

extension SQLStatement {
  /// How many keys are asked for at once: those of a person of few names.
  fileprivate static let keyCount = 16
  /// How many keys are stored at once: those of a person of four names.
  fileprivate static let storedKeyCount = 16
  /// How many persons are asked for at once.
  fileprivate static let idCount = 50

  private static func places(_ range: ClosedRange<Int>) -> String {
    range.map { "$\($0)" }.joined(separator: ", ")
  }

  fileprivate static let candidate = SQLStatement(
    "SELECT uid, body FROM duplicate_candidate WHERE uid = $1")
  fileprivate static let candidateOfPair = SQLStatement(
    "SELECT uid, body FROM duplicate_candidate WHERE low_id = $1 AND high_id = $2")
  fileprivate static let candidatesOf = SQLStatement(
    """
    SELECT uid, body FROM duplicate_candidate
    WHERE uid IN (SELECT candidate_id FROM duplicate_side WHERE registration_id = $1)
    ORDER BY score_rank, uid
    """)
  fileprivate static let insertCandidate = SQLStatement(
    """
    INSERT INTO duplicate_candidate(
      uid, low_id, high_id, score_rank, holds, state, version, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
  fileprivate static let insertSide = SQLStatement(
    "INSERT INTO duplicate_side(registration_id, candidate_id) VALUES ($1, $2)")
  fileprivate static let updateCandidate = SQLStatement(
    """
    UPDATE duplicate_candidate SET score_rank = $3, holds = $4, state = $5, version = $6, body = $7
    WHERE uid = $1 AND version = $2
    """)
  // Whoever is drafting a form has no keys yet, so that a live registration is one handed in. Asked of
  // each that is found: as a join it could begin with all that are live. Each key by itself, since each
  // has a limit of its own.
  fileprivate static let matchHits = SQLStatement(
    (3...(keyCount + 2)).map { place in
      """
      SELECT digest, person_id FROM (SELECT k.digest, k.person_id FROM match_key k
        WHERE k.digest = $\(place)
          AND (SELECT m.live FROM member m WHERE m.person_id = k.person_id AND m.program_id = $1) = 1
        ORDER BY k.person_id LIMIT $2) AS hit\(place)
      """
    }.joined(separator: "\nUNION ALL "))
  fileprivate static let personsOfIDs = SQLStatement(
    "SELECT uid, body FROM person WHERE uid IN (\(places(1...idCount))) ORDER BY uid")
  fileprivate static let insertKeys = SQLStatement(
    """
    INSERT INTO match_key(person_id, digest)
    VALUES \((2...(storedKeyCount + 1)).map { "($1, $\($0))" }.joined(separator: ", "))
    ON CONFLICT DO NOTHING
    """)
  fileprivate static let removeKeys = SQLStatement("DELETE FROM match_key WHERE person_id = $1")
  fileprivate static let removeSides = SQLStatement(
    """
    DELETE FROM duplicate_side WHERE candidate_id IN (
      SELECT uid FROM duplicate_candidate WHERE low_id = $1
      UNION SELECT uid FROM duplicate_candidate WHERE high_id = $1)
    """)
  fileprivate static let removeCandidates = SQLStatement(
    "DELETE FROM duplicate_candidate WHERE low_id = $1 OR high_id = $1")
}
