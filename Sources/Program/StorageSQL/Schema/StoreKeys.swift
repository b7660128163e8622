import Domain
import Storage

/// Ties a database to the key that its records are sealed with, and keeps in it, under that key, what outlives the key.
///
/// With another key, what is sealed would not open, and worse: what is sealed from then on would open
/// with no key that the rest opens with, and one document would be two.
///
/// The lasting key is random, made with the database and the same for its life: from it come the keys that others hold
/// something by, such as the log's signer; see `Secrets`. While it is there twice, the records are on their way from
/// one key to another.
enum StoreKeys {
  /// Under the key that records are sealed with.
  static let lasting = "lasting-key"
  /// Under the one that they are being sealed with anew; see ``StoreRotation``.
  static let next = "lasting-key/next"
  /// What earlier builds, whose keys could not be changed, had instead.
  private static let earlier = "vault-check"
  private static let length = 32

  /// Gives a new database its lasting key, or opens that of an older one.
  ///
  /// - Throws: `StoreError.wrongKey` when it was made with another key, `halfRotated`
  static func lastingKey(
    _ connection: any SQLConnection, _ vault: Vault, path: String
  ) throws -> [UInt8] {
    if let key = try knownKey(connection, vault, path: path) { return key }
    var random = SystemRandomNumberGenerator()
    let key = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
    try keep(vault.seal(key, lasting), as: lasting, connection)
    return key
  }

  /// The lasting key; nil of a database that has none yet.
  ///
  /// - Throws: `StoreError.wrongKey` when it was made with another key, `halfRotated`
  @discardableResult
  static func knownKey(
    _ connection: any SQLConnection, _ vault: Vault, path: String
  ) throws -> [UInt8]? {
    if try sealed(next, connection) != nil { throw StoreError.halfRotated(path: path) }
    guard let sealed = try sealed(lasting, connection) else { return nil }
    guard let key = vault.open(sealed, lasting) else { throw StoreError.wrongKey(path: path) }
    return key
  }

  /// Refuses a database that an earlier build has left half way from one key to another, and in which this build's
  /// steps would seal more: a step has one key.
  static func demandOneKey(
    _ connection: any SQLConnection, schema: Int, path: String
  ) throws {
    let isSealing = Schema.migrations.dropFirst(schema).contains { !$0.sealedTables.isEmpty }
    guard isSealing, try sealed(next, connection) != nil else { return }
    throw StoreError.unsuitable(
      """
      \(path) is half way from one key to another, and an earlier build began it: run `store rotate-key` of that build \
      once more with both keys, then this one; nothing was changed in it
      """)
  }

  /// Refuses the database of a build whose records this one cannot read; asked before anything is changed in it.
  static func demandForm(_ connection: any SQLConnection, schema: Int, path: String) throws {
    if try sealed(earlier, connection) != nil {
      throw StoreError.earlierForm(path: path, schema: schema)
    }
  }

  static func sealed(
    _ name: String, _ connection: any SQLConnection
  ) throws(SQLFailure) -> [UInt8]? {
    try connection.first(.storeKey, [.text(name)]) { (row) throws(SQLFailure) in try row.bytes() }
  }

  static func keep(
    _ sealed: [UInt8], as name: String, _ connection: any SQLConnection
  ) throws(SQLFailure) {
    try connection.run(.insertStoreKey, [.text(name), .bytes(sealed)])
  }

  static func remove(_ name: String, _ connection: any SQLConnection) throws(SQLFailure) {
    try connection.run(.removeStoreKey, [.text(name)])
  }
}

extension Schema {
  /// Brings a database to this program's schema, and sees to it that it is this deployment's.
  ///
  /// - Returns: the lasting key; empty where the store's own is not checked
  static func bring(
    _ connection: any SQLConnection, _ dialect: SQLDialect, _ environment: StoreEnvironment,
    path: String, checksKey: Bool
  ) throws -> [UInt8] {
    let vault = checksKey ? environment.vault : nil
    let migrator = Migrator(migrations, dialect: dialect, vault: vault)
    try migrator.migrate(connection, nowMicroseconds: environment.now().microseconds) { schema in
      try StoreKeys.demandForm(connection, schema: schema, path: path)
      try StoreKeys.demandOneKey(connection, schema: schema, path: path)
      // What a step seals must open with the key that opens the rest.
      if let vault { try StoreKeys.knownKey(connection, vault, path: path) }
    }
    try migrator.removeTraces(connection)
    return checksKey ? try StoreKeys.lastingKey(connection, environment.vault, path: path) : []
  }
}

extension SQLStatement {
  fileprivate static let storeKey = SQLStatement("SELECT sealed FROM vault_check WHERE uid = $1")
  fileprivate static let insertStoreKey = SQLStatement(
    "INSERT INTO vault_check(uid, sealed) VALUES ($1, $2)")
  fileprivate static let removeStoreKey = SQLStatement("DELETE FROM vault_check WHERE uid = $1")
}
