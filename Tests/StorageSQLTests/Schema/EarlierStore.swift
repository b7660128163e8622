import Domain
import Foundation
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Testing

/// A store as builds up to schema 9 left it: referrals, decisions, visit codes and excuses lie open.
final class EarlierStore: Sendable {
  enum Engine: CaseIterable {
    case sqlite
    case postgres
  }

  static let schema = 9
  static let lastingKey = [UInt8](repeating: 9, count: 32)
  private static let environment = StoreEnvironment.test(now: { StoredWorld.opening })
  /// With a key that opens nothing.
  private static let wrong: StoreEnvironment = {
    var wrong = environment
    wrong.vault.open = { _, _ in nil }
    return wrong
  }()

  let referrals: [Referral]
  let appointments: [Appointment]
  let decisions: [Decision]
  private let engine: Engine
  private let database: TemporaryDatabase
  private let target: String

  init(_ engine: Engine, households count: Int) async throws {
    self.engine = engine
    database = try TemporaryDatabase()
    target = engine == .postgres ? try PostgresServer.shared.get().makeDatabase() : ""
    let world = try StoredWorld()
    var maker = SampleMaker(world, seed: 5)
    let slot = maker.slot(seats: 1)
    let households = (0..<count).map { _ in maker.household(of: 1) }
    var (referrals, appointments, decisions) = ([Referral](), [Appointment](), [Decision]())
    for (number, household) in households.enumerated() {
      var appointment = maker.appointment(in: slot, for: household)
      if number % 3 == 0 { appointment.excuse = .illness }
      appointments.append(appointment)
      var referral = maker.referral(of: household, state: .decided)
      referral.partnerCaseReference = "\(Self.written) \(number)"
      referrals.append(referral)
      var decision = Decision(
        id: DecisionID(using: &maker.random), referral: referral.id, number: 1,
        authority: world.receiver.id, kind: .denied, date: world.program.pilotStart,
        createTime: StoredWorld.opening)
      if number % 2 == 0 {
        decision.reason = .medical
        decision.validFrom = CivilDate(year: 2023, month: 8)
        decision.validUntil = CivilDate(year: 2031, month: 3, day: 17)
        decision.supersedes = DecisionID(using: &maker.random)
      }
      decisions.append(decision)
    }
    (self.referrals, self.appointments, self.decisions) = (referrals, appointments, decisions)
    try await prepare { connection, dialect in
      try Migrator(Array(Schema.migrations.prefix(Self.schema)), dialect: dialect)
        .migrate(connection, nowMicroseconds: 0)
      try connection.run(
        .insertKey, [.bytes(Self.environment.vault.seal(Self.lastingKey, "lasting-key"))])
    }
    // The other rows have been written in the same way ever since.
    try await write { [appointments, referrals] tx in
      try world.seed(tx)
      try tx.insert(slot)
      for household in households { try household.insert(tx) }
      for appointment in appointments { try tx.insert(appointment) }
      for referral in referrals { try tx.insert(referral) }
    }
    try await prepare { connection, _ in try self.layOpen(connection) }
  }

  deinit { if engine == .postgres { try? PostgresServer.shared.get().drop(target) } }

  /// Part of what every referral says.
  static let written = "Familia Quej"

  private func layOpen(_ connection: any SQLConnection) throws {
    try connection.script("BEGIN")
    for referral in referrals {
      let json = String(decoding: try JSONEncoder().encode(referral), as: UTF8.self)
      try connection.run(.openReferral, [.text(referral.id.rawValue), .text(json)])
    }
    for appointment in appointments {
      try connection.run(
        .openVisit,
        [
          .text(appointment.id.rawValue), .text(appointment.visitCode.rawValue),
          .count(appointment.excuse?.rawValue),
        ])
    }
    for decision in decisions {
      try connection.run(
        .openDecision,
        [
          .text(decision.id.rawValue), .text(decision.referral.rawValue), .count(decision.number),
          .text(decision.authority.rawValue), .count(decision.kind.rawValue),
          .text(decision.date.description), .text(decision.validFrom?.description),
          .text(decision.validUntil?.description), .count(decision.reason?.rawValue),
          .text(decision.supersedes?.rawValue), .integer(decision.createTime.microseconds),
        ])
    }
    try connection.script("COMMIT")
  }

  /// Does something on a connection of its own, while nobody has it open.
  @discardableResult
  func prepare<R>(_ body: (any SQLConnection, SQLDialect) throws -> R) async throws -> R {
    switch engine {
    case .sqlite:
      let engine = try SQLiteEngine(path: database.path)
      let result = Result { try engine.prepare { try body($0, engine.dialect) } }
      try await engine.close()
      return try result.get()
    case .postgres:
      let engine = PostgresEngine(target: target)
      return try engine.prepare { try body($0, engine.dialect) }
    }
  }

  private func write(
    _ unit: @escaping @Sendable (any StoreTransaction) throws -> Void
  ) async throws {
    let engine: any SQLEngine =
      switch engine {
      case .sqlite: try SQLiteEngine(path: database.path)
      case .postgres: PostgresEngine(target: target)
      }
    let store = SQLStore(engine, environment: Self.environment) { [] }
    try await store.write(unit)
    try await store.close()
  }

  /// - Parameter isOwner: whether whoever opens it has its key
  func open(isOwner: Bool = true) throws -> SQLStore {
    let environment = isOwner ? Self.environment : Self.wrong
    return switch engine {
    case .sqlite: try .open(sqlite: database.path, environment: environment)
    case .postgres: try .open(postgres: target, environment: environment)
    }
  }

  func openKeyless() throws -> SQLStore {
    switch engine {
    case .sqlite: try .copying(sqlite: database.path, environment: Self.wrong)
    case .postgres: try .copying(postgres: target, environment: Self.wrong)
    }
  }

  /// A server's engine on the database.
  func serving() -> PostgresEngine { PostgresEngine(target: target) }

  func schemaCount() async throws -> Int? {
    try await prepare { connection, _ in
      try connection.first(.stepCount, []) { (row) throws(SQLFailure) in try row.count() }
    }
  }

  /// What of the referrals, decisions and codes can be read in the files, or in the rows, without a key.
  func inSight() async throws -> [String] {
    let contents = try await contents()
    let secrets =
      [Self.written, "2031-03-17", "partnerCaseReference"]
      + appointments.prefix(3).map(\.visitCode.rawValue)
    return secrets.filter { contents.range(of: Data($0.utf8)) != nil }
  }

  private func contents() async throws -> Data {
    switch engine {
    case .sqlite:
      let paths = [database.path, database.path + "-wal"]
      return paths.reduce(into: Data()) { $0 += FileManager.default.contents(atPath: $1) ?? Data() }
    case .postgres:
      return try await prepare { connection, _ in
        try ["referral", "appointment", "decision"].reduce(into: Data()) { found, table in
          let rows = SQLStatement("SELECT CAST(t AS TEXT) FROM \(table) t")
          for row in try connection.all(rows, [], { (row) throws(SQLFailure) in try row.text() }) {
            found += Data(row.utf8)
          }
        }
      }
    }
  }

  /// What does not read back as it was put in.
  func missing(from reader: any StoreReader) throws -> [String] {
    var missing: [String] = []
    for (referral, decision) in zip(referrals, decisions) {
      if try reader.referral(referral.id) != referral { missing.append("\(referral.id)") }
      if try reader.decisions(of: referral.id) != [decision] { missing.append("\(decision.id)") }
    }
    for appointment in appointments where try reader.appointment(appointment.id) != appointment {
      missing.append("\(appointment.id)")
    }
    return missing
  }
}

extension SQLStatement {
  fileprivate static let insertKey = SQLStatement(
    "INSERT INTO vault_check(uid, sealed) VALUES ('lasting-key', $1)")
  fileprivate static let openReferral = SQLStatement("UPDATE referral SET body = $2 WHERE uid = $1")
  fileprivate static let openVisit = SQLStatement(
    "UPDATE appointment SET visit_code = $2, excuse = $3 WHERE uid = $1")
  fileprivate static let openDecision = SQLStatement(
    """
    INSERT INTO decision(uid, referral_id, number, authority, kind, decision_date, valid_from,
      valid_until, reason, supersedes, create_us)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """)
  fileprivate static let stepCount = SQLStatement("SELECT COUNT(*) FROM schema_version")
}
