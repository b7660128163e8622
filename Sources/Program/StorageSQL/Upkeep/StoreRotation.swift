import Domain
public import Storage

/// Takes a store from one key to another: every sealed row is sealed anew and every blind index made anew, so that the
/// old key opens nothing of it any more.
///
/// Nobody may serve the store meanwhile, and nobody can: from the first row on the database says that it is half way, and
/// is not opened. It can be stopped at any moment, with SIGKILL too, and run again: what has the new form already
/// stays. The last unit ends it, with the lasting key under the new one.
public struct StoreRotation: Sendable {
  /// How far it is.
  public struct Progress: Sendable {
    /// The table that it is at.
    public var table: String
    /// Rows of all tables that have been looked at.
    public var doneCount: Int
    /// Rows that there are in all.
    public var totalCount: Int
  }

  private static let pageSize = 500

  private let store: SQLStore
  private let path: String

  /// - Parameters:
  ///   - store: opened by `SQLStore.copying`
  ///   - path: what errors call it
  public init(of store: SQLStore, path: String) {
    self.store = store
    self.path = path
  }

  /// Says in the database that it is on its way, or finds that it is.
  ///
  /// - Returns: the lasting key, and whether all is done already
  /// - Throws: `StoreError.wrongKey` when the database is of neither key, or on its way to another
  public func begin(from old: Vault, to new: Vault) async throws -> (lasting: [UInt8], isDone: Bool)
  {
    try await store.writeRows { [path] connection in
      let sealed = try StoreKeys.sealed(StoreKeys.lasting, connection)
      guard let sealed else { throw StoreError.unsuitable("\(path) has no key yet: serve it once") }
      if let lasting = new.open(sealed, StoreKeys.lasting) { return (lasting, true) }
      guard let lasting = old.open(sealed, StoreKeys.lasting) else {
        throw StoreError.wrongKey(path: path)
      }
      if let next = try StoreKeys.sealed(StoreKeys.next, connection) {
        guard new.open(next, StoreKeys.next) == lasting else {
          throw StoreError.unsuitable(
            "\(path) is on its way to another new key: give the one that was given first")
        }
      } else {
        try StoreKeys.keep(new.seal(lasting, StoreKeys.next), as: StoreKeys.next, connection)
      }
      return (lasting, false)
    }
  }

  /// Sees to it that no server has opened a database in the moment before ``begin(from:to:)``: one that has would be at
  /// work within two seconds.
  ///
  /// - Throws: `StoreError.unsuitable`
  public func demandAlone() async throws {
    guard store.isShared else { return }
    try await Task.sleep(for: .seconds(2))
    try store.demandUnused()
  }

  /// Seals everything anew, and ends the old key; after ``begin(from:to:)``.
  ///
  /// - Parameter onProgress: is told after each page; what it throws stops the run there
  /// - Returns: how many rows were looked at
  @discardableResult
  public func run(
    _ change: VaultChange, _ onProgress: @Sendable (Progress) throws -> Void
  ) async throws -> Int {
    let renewal = Renewal(change: change)
    var total = 0
    for table in SealedTable.all {
      total += try await store.readRows { try table.rows.rowCount($0) }
    }
    var done = 0
    for table in SealedTable.all {
      try await renew(table, by: renewal) { count in
        done += count
        try onProgress(Progress(table: table.name, doneCount: done, totalCount: total))
      }
    }
    try await end(change)
    try await scrub()
    return done
  }

  private func renew(
    _ table: SealedTable, by renewal: Renewal, _ onPage: (Int) throws -> Void
  ) async throws {
    var key: SealedTable.Row?
    while true {
      try Task.checkCancellation()
      let rows = try await store.writeRows { [key, store] connection in
        let rows = try table.rows.page(after: key, limit: Self.pageSize, connection)
        let trigger = table.isAppendOnly && !rows.isEmpty ? store.reopened(table.name) : nil
        if let trigger { try connection.script(trigger.begin) }
        for row in rows { try table.renew(row, by: renewal, connection) }
        if table.name == "person" {
          try store.renewMatchKeys(of: rows, by: renewal, connection)
        }
        if let trigger { try connection.script(trigger.end) }
        return rows
      }
      guard let last = rows.last else { return }
      try onPage(rows.count)
      key = table.rows.key(of: last)
    }
  }

  private func end(_ change: VaultChange) async throws {
    try await store.writeRows { [path] connection in
      guard let next = try StoreKeys.sealed(StoreKeys.next, connection),
        let lasting = change.new.open(next, StoreKeys.next)
      else { throw StoreError.wrongKey(path: path) }
      try StoreKeys.remove(StoreKeys.lasting, connection)
      try StoreKeys.remove(StoreKeys.next, connection)
      try StoreKeys.keep(
        change.new.seal(lasting, StoreKeys.lasting), as: StoreKeys.lasting, connection)
    }
  }

  /// Takes what the old key has sealed out of the files too, where what was changed stays until its place is needed.
  /// What a disk, a log of the database or a backup has kept is another matter.
  public func scrub() async throws {
    try await store.scrub(["vault_check", "match_key"] + SealedTable.all.map(\.name))
  }
}

extension SQLStore {
  fileprivate func renewMatchKeys(
    of rows: [SealedTable.Row], by renewal: Renewal, _ connection: any SQLConnection
  ) throws {
    let tx = transaction(on: connection)
    for row in rows {
      // Only who is handed in is found by others.
      let program = try connection.first(.programOfMatched, [row[0]]) {
        (row) throws(SQLFailure) in ProgramID(checked: try row.text())
      }
      guard let program, case .text(let id) = row[0] else { continue }
      let person = try renewal.record(Person.self, row[1], "person-body/\(id)")
      let documents = try documents(of: row[0], by: renewal, connection)
      try tx.setMatchKeys(
        renewal.change.matchIndexes(person, documents, program), of: person.id)
    }
  }

  private func documents(
    of person: SQLValue, by renewal: Renewal, _ connection: any SQLConnection
  ) throws -> [IdentityDocument] {
    let rows = try connection.all(.documentBodies, [person]) { (row) throws(SQLFailure) in
      (id: try row.text(), body: try row.text())
    }
    return try rows.map {
      try renewal.record(IdentityDocument.self, .text($0.body), "document/\($0.id)")
    }
  }
}

extension SQLStatement {
  fileprivate static let documentBodies = SQLStatement(
    "SELECT uid, body FROM document WHERE person_id = $1")
  fileprivate static let programOfMatched = SQLStatement(
    """
    SELECT program_id FROM member WHERE person_id = $1
      AND EXISTS (SELECT 1 FROM match_key WHERE match_key.person_id = member.person_id)
    """)
}
