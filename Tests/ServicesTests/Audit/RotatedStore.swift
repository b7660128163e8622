import Domain
import Foundation
import PostgresFixture
import Services
import Storage
import StorageSQL
import StoreSamples
import Synchronization
import Testing

/// A store of either engine in which something of everything is sealed, and what the key has made of it.
final class RotatedStore: Sendable {
  enum Engine: CaseIterable {
    case sqlite
    case postgres
  }

  static let (old, new, other) = (key(1), key(2), key(3))

  let engine: Engine
  /// Everything that the old key has sealed or made an index of.
  let made = Mutex<[[UInt8]]>([])
  let samples: SealedSamples
  private let folder: URL
  private let target: String
  private let server: PostgresServer

  static func key(_ byte: UInt8) -> DeploymentKey {
    guard let key = DeploymentKey([UInt8](repeating: byte, count: DeploymentKey.length)) else {
      preconditionFailure("a key has \(DeploymentKey.length) bytes")
    }
    return key
  }

  init(_ engine: Engine, households: Int) async throws {
    self.engine = engine
    server = try PostgresServer.shared.get()
    folder = FileManager.default.temporaryDirectory.appending(path: "pasarela-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    target =
      engine == .postgres ? try server.makeDatabase() : folder.appending(path: "store.db").path
    samples = try SealedSamples(households: households)
    let vault = recording(Self.old.vault)
    let store = try open(vault)
    let secrets = try #require(Secrets(key: Self.old, lasting: store.lastingKey))
    let indexes = secrets.change(from: Self.old.vault)
    try await store.write { [samples] tx in try samples.insert(tx, indexes) }
    try await store.sequencePending()
    keep(samples.indexes(by: indexes).map(\.bytes))
    try await store.close()
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
    if engine == .postgres { try? server.drop(target) }
  }

  /// The same vault, which writes down what it makes.
  private func recording(_ vault: Vault) -> Vault {
    Vault(
      seal: { [weak self] bytes, place in
        let sealed = vault.seal(bytes, place)
        self?.keep([sealed])
        return sealed
      }, open: vault.open,
      index: { [weak self] bytes, kind in
        let index = vault.index(bytes, kind)
        self?.keep([index.bytes])
        return index
      })
  }

  private func keep(_ bytes: [[UInt8]]) { made.withLock { $0 += bytes } }

  private func environment(_ vault: Vault) -> StoreEnvironment {
    .programme(vault: vault) { StoredWorld.opening }
  }

  func open(_ vault: Vault) throws -> SQLStore {
    switch engine {
    case .sqlite: try .open(sqlite: target, environment: environment(vault))
    case .postgres: try .open(postgres: target, environment: environment(vault))
    }
  }

  /// Runs a rotation; the lasting key, or nil when all was done before.
  func rotate(
    from old: DeploymentKey = old, to new: DeploymentKey = new,
    _ onProgress: @Sendable (StoreRotation.Progress) throws -> Void = { _ in }
  ) async throws -> [UInt8]? {
    let environment = environment(Self.key(9).vault)
    let store: SQLStore =
      switch engine {
      case .sqlite: try .copying(sqlite: target, environment: environment)
      case .postgres: try .copying(postgres: target, environment: environment)
      }
    do {
      let rotation = StoreRotation(of: store, path: "the store")
      let (lasting, isDone) = try await rotation.begin(from: old.vault, to: new.vault)
      if !isDone {
        let secrets = try #require(Secrets(key: new, lasting: lasting))
        try await rotation.run(secrets.change(from: old.vault), onProgress)
      }
      try await store.close()
      return isDone ? nil : lasting
    } catch {
      try await store.close()
      throw error
    }
  }

  /// Everything that is in the database, in every form that a search may need: its files, or all its rows as text.
  func contents() async throws -> Data {
    switch engine {
    case .sqlite:
      let files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
      return try files.reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
    case .postgres:
      let engine = PostgresEngine(target: target)
      defer { Task { try await engine.close() } }
      return try await engine.read { connection in
        let tables = try connection.all(
          SQLStatement("SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'"),
          []
        ) { (row) throws(SQLFailure) in try row.text() }
        return try tables.reduce(into: Data()) { found, table in
          let rows = try connection.all(SQLStatement("SELECT CAST(t AS TEXT) FROM \(table) t"), [])
          {
            (row) throws(SQLFailure) in try row.text()
          }
          found += Data(rows.joined(separator: "\n").utf8)
        }
      }
    }
  }

  /// What of that the old key has made.
  ///
  /// All of it is looked for in one pass, by its first eight bytes: there is far too much to look for piece by piece.
  func remains() async throws -> Int {
    let contents = Array(try await contents())
    var pieces: [UInt64: [[UInt8]]] = [:]
    for bytes in made.withLock({ $0 }) {
      let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      for piece in [bytes, Array(Data(bytes).base64EncodedString().utf8), Array(hex.utf8)] {
        pieces[piece.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, default: []].append(piece)
      }
    }
    var last: UInt64 = 0
    var count = 0
    for (index, byte) in contents.enumerated() {
      last = last << 8 | UInt64(byte)
      guard index >= 7, let found = pieces[last] else { continue }
      let start = index - 7
      if found.contains(where: { contents[start...].starts(with: $0) }) { count += 1 }
    }
    return count
  }
}
