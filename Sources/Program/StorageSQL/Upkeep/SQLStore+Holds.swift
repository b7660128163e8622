import Domain
import Storage

extension SQLStore {
  /// How many possible duplicates are looked at in one reading.
  private static var candidatePageCount: Int { 500 }

  /// INV-8: registrations that go on although somebody of them may be registered already, and no reviewer has said
  /// otherwise.
  ///
  /// Which of two is the later, and whether it is held, is sealed: where the environment has no key for it, nothing is
  /// found.
  package func missingHolds() async throws -> [String] {
    var found: [String] = []
    var last = ""
    while true {
      let page = try await readRows { [last] connection in
        try self.holdingCandidates(behind: last, connection)
      }
      found += page.findings
      guard let end = page.end else { return found }
      last = end
    }
  }

  private func holdingCandidates(
    behind id: String, _ connection: any SQLConnection
  ) throws -> (findings: [String], end: String?) {
    let transaction = transaction(on: connection)
    let vault = environment.vault
    var findings: [String] = []
    let rows = try connection.all(
      .holdingCandidates, [.text(id), .count(Self.candidatePageCount)]
    ) { (row) throws(SQLFailure) in (id: try row.text(), body: try row.text()) }
    for row in rows {
      let place = "candidate/\(row.id)"
      guard let json = vault.open(Body.sealedBytes(.text(row.body)), place) else { continue }
      let candidate = try Body.decode(
        DuplicateCandidate.self, from: String(decoding: json, as: UTF8.self))
      if try isPassedOver(candidate, transaction) {
        findings.append("INV-8: \(row.id) keeps nobody waiting, and nobody has settled it")
      }
    }
    return (findings, rows.count < Self.candidatePageCount ? nil : rows.last?.id)
  }

  /// Whether the later registration is not held, and is to be: while both are under way, and for good once a reviewer
  /// has said that the two are one.
  private func isPassedOver(
    _ candidate: DuplicateCandidate, _ transaction: SQLTransaction
  ) throws -> Bool {
    guard let later = try transaction.glimpse(of: candidate.second.registration),
      Self.isUnderWay(later), !later.holds.contains(.duplicate)
    else { return false }
    if candidate.state == .confirmed { return true }
    return try transaction.glimpse(of: candidate.first.registration).map(Self.isUnderWay) ?? false
  }

  /// Handed in, and not over.
  private static func isUnderWay(_ registration: Registration) -> Bool {
    registration.state.isLive && registration.state != .draft
  }
}

extension SQLStatement {
  fileprivate static let holdingCandidates = SQLStatement(
    """
    SELECT uid, body FROM duplicate_candidate
    WHERE uid > $1 AND (state = 2 OR holds = 1 AND state IN (1,4)) ORDER BY uid LIMIT $2
    """)
}
