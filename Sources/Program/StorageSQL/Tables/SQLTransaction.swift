import Domain
import Storage

/// One unit of work in portable SQL; the parts by noun are in the other files of this folder.
final class SQLTransaction: StoreTransaction {
  let now: Instant
  let environment: StoreEnvironment
  let dialect: SQLDialect
  /// Whether what is read and relied on must be locked: others write meanwhile.
  let locksRows: Bool
  private let connection: any SQLConnection
  /// The registration that this unit has read last, as it still is.
  var lastRegistration: Registration?
  /// The key of a case never changes, only ends; and then nothing of the case is written.
  var lastCaseKey: (registration: RegistrationID, key: [UInt8])?
  /// Whether the household of the registration that is read has been foreseen, with the appointments in its way.
  var foreseesHousehold = false
  /// The names that this unit has passed.
  private var passed: Set<String> = []
  /// The first statement that failed. PostgreSQL refuses everything after it, so a unit that
  /// catches the error and goes on must fail on SQLite too.
  private(set) var failure: StoreError?

  init(
    _ connection: any SQLConnection, environment: StoreEnvironment, dialect: SQLDialect,
    isWriting: Bool
  ) {
    locksRows = isWriting && dialect.needsRowLocks
    self.connection = connection
    self.environment = environment
    self.dialect = dialect
    self.now = environment.now()
  }

  /// Runs a statement without rows; returns how many rows it changed.
  @discardableResult
  func run(_ statement: SQLStatement, _ values: [SQLValue]) throws(StoreError) -> Int {
    do {
      return try connection.run(statement, values)
    } catch {
      throw noted(error)
    }
  }

  /// Runs a statement of which nobody needs to know how many rows it changed; see ``SQLConnection/tell``.
  func tell(_ statement: SQLStatement, _ values: [SQLValue]) throws(StoreError) {
    do {
      try connection.tell(statement, values)
    } catch {
      throw noted(error)
    }
  }

  /// The first row, or `nil`; what this unit relies on stays as it is until the unit's end.
  func firstLocked<T>(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ read: (inout SQLRow) throws(SQLFailure) -> T
  ) throws(StoreError) -> T? {
    try first(locksRows ? statement.locking : statement, values, read)
  }

  /// Waits until no other unit is between this call, for the same name, and its end.
  ///
  /// Two names with one fingerprint wait for each other without need, which harms nobody.
  func pass(_ name: String) throws(StoreError) {
    guard locksRows, let turnstile = dialect.turnstile, passed.insert(name).inserted else { return }
    try tell(turnstile, [.integer(Int64(bitPattern: fingerprint(of: name)))])
  }

  /// The first row, or `nil`.
  func first<T>(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ read: (inout SQLRow) throws(SQLFailure) -> T
  ) throws(StoreError) -> T? {
    do {
      return try connection.first(statement, values, read)
    } catch {
      throw noted(error)
    }
  }

  /// Whether what is told may fail later than where it is told.
  var isDeferring: Bool { connection.isDeferring }

  /// Asks questions beforehand; see ``SQLConnection/foresee``.
  func foresee(_ questions: [ForeseenQuestion], by keys: ForeseenKeys?) throws(StoreError) {
    try noting { () throws(SQLFailure) in try connection.foresee(questions, by: keys) }
  }

  /// All rows.
  func all<T>(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ read: (inout SQLRow) throws(SQLFailure) -> T
  ) throws(StoreError) -> [T] {
    do {
      return try connection.all(statement, values, read)
    } catch {
      throw noted(error)
    }
  }

  /// The JSON of a wide record.
  func body(_ value: some Encodable) throws(StoreError) -> SQLValue {
    try noting { () throws(SQLFailure) in try Body.encode(value) }
  }

  /// The JSON of a record that tells of people, sealed for its own row: who has only the file reads no name in it.
  func sealed(
    _ value: some Encodable, _ kind: String, _ id: some Identifier
  ) throws(StoreError) -> SQLValue {
    try noting { () throws(SQLFailure) in
      try Body.seal(value, "\(kind)/\(id)", environment.vault)
    }
  }

  /// Reads back a record of a kind: the row's next columns are its id and its body.
  func unsealed<Value: Decodable>(
    _ type: Value.Type, _ kind: String, _ row: inout SQLRow
  ) throws(SQLFailure) -> Value {
    let id = try row.text()
    return try Body.unseal(type, from: row.text(), "\(kind)/\(id)", environment.vault)
  }

  /// By what an applicant's own records are found: the same for the same person, and nobody's name.
  func index(of applicant: Actor?) -> SQLValue { Self.index(of: applicant, in: environment.vault) }

  /// As above, under a vault's key.
  static func index(of applicant: Actor?, in vault: Vault) -> SQLValue {
    guard let user = applicant?.user else { return .null }
    return .text("\(vault.index(Array(user.utf8), "applicant"))")
  }

  /// Does something that fails as a statement fails.
  func noting<T>(_ work: () throws(SQLFailure) -> T) throws(StoreError) -> T {
    do {
      return try work()
    } catch {
      throw noted(error)
    }
  }

  /// Changes so many rows, or throws what `otherwise` does.
  ///
  /// Where failures may show later the database itself refuses another number, and then the unit is run again with
  /// every statement judged at once; so `otherwise` is asked in the end on every engine.
  func change(
    _ count: Int, by statement: SQLStatement, _ values: [SQLValue], otherwise: () throws -> Void
  ) throws {
    if connection.isDeferring {
      return try tell(statement.demanding(values.count), values + [.count(count)])
    }
    if try run(statement, values) != count { try otherwise() }
  }

  /// An update that names the version it expects: one row, or why not.
  func changeOne(
    _ statement: SQLStatement, _ values: [SQLValue], orFind version: SQLStatement, _ id: SQLValue
  ) throws {
    try change(1, by: statement, values) {
      let exists = try first(version, [id]) { (_) throws(SQLFailure) in true } ?? false
      throw exists ? StoreError.versionMismatch : .notFound
    }
  }

  private func noted(_ failure: SQLFailure) -> StoreError {
    let error = StoreError(failure)
    if self.failure == nil { self.failure = error }
    return error
  }
}
