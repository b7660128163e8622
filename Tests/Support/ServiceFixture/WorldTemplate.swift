import Foundation
import PostgresFixture
import Services
import Storage
import StorageSQL

/// Stores that hold the reference data and nothing else, each made once and then copied: a world of its own for every
/// test costs a copy, not the making of each table and row anew.
enum WorldTemplate {
  private static let sqlite = Task { () throws -> Data in
    let file = FileManager.default.temporaryDirectory
      .appending(path: "pasarela-template-\(ProcessInfo.processInfo.processIdentifier).db")
    try? FileManager.default.removeItem(at: file)
    try await fill(try SQLStore.open(sqlite: file.path, environment: environment))
    // Read before anybody may take it away, so that no file is left behind.
    defer { try? FileManager.default.removeItem(at: file) }
    return try Data(contentsOf: file)
  }

  private static let postgres = Task { () throws -> String in
    let target = try PostgresServer.shared.get().makeDatabase()
    try await fill(try SQLStore.open(postgres: target, environment: environment))
    return target
  }

  /// The time of every row in it.
  private static let environment = StoreEnvironment.programme(vault: World.secrets.vault) {
    World.opening
  }

  /// The file of a store with the reference data.
  static func sqliteFile() async throws -> Data { try await sqlite.value }

  /// How libpq finds a new database with the reference data.
  static func postgresDatabase() async throws -> String {
    let template = try await postgres.value
    return try PostgresServer.shared.get().makeDatabase(like: template)
  }

  private static func fill(_ store: SQLStore) async throws {
    let settled = SettledStore(store)
    _ = try await ReferenceLoader(store: settled, secrets: World.secrets).load()
    try await settled.close()
  }
}
