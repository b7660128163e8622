import Domain
import Foundation
import PostgresFixture
import Services
import Storage
import StorageSQL
import StoreSamples
import Trials

/// Where a store is, with the key file beside it; made by the server's own command, as a rehearsal of the opening day.
struct StorePlace: Sendable {
  enum Engine: String, CaseIterable, Sendable { case sqlite, postgres }

  enum Location: Sendable {
    case sqlite(path: String)
    case postgres(target: String)
  }

  let location: Location
  let keyFile: String

  /// An hour after the opening; the clock of a store that was made earlier goes on from where it is.
  static let morning = StoredWorld.opening + .hours(1)

  /// What the server is told of it.
  var serverArguments: [String] {
    let store =
      switch location {
      case .sqlite(let path): "sqlite:\(path)"
      case .postgres(let target): "postgres:\(target)"
      }
    return [
      "--store", store, "--key-file", keyFile, "--rehearsal-time", Self.morning.description,
    ]
  }

  /// Makes the store and its key, with reference data.
  func make() throws {
    let load = try ServerProcess("pasarela-server", ["load", "--reference"] + serverArguments)
    let code = try load.waitForExit()
    guard code == 0 else { throw TrialFailure("load ended with \(code): \(load.standardError)") }
  }

  /// The deployment's key.
  func key() throws -> DeploymentKey {
    guard let key = DeploymentKey(Array(try Data(contentsOf: URL(filePath: keyFile)))) else {
      throw TrialFailure("\(keyFile) is no key")
    }
    return key
  }

  /// The keys of the store, once it is open.
  func secrets(of store: SQLStore) throws -> Secrets {
    guard let secrets = Secrets(key: try key(), lasting: store.lastingKey) else {
      throw TrialFailure("\(keyFile) is not the key of its store")
    }
    return secrets
  }

  /// Opens it in this process.
  ///
  /// - Parameter now: its clock
  func open(now: @escaping @Sendable () -> Instant) throws -> SQLStore {
    let environment = StoreEnvironment.programme(vault: try key().vault, now: now)
    switch location {
    case .sqlite(let path): return try .open(sqlite: path, environment: environment)
    case .postgres(let target): return try .open(postgres: target, environment: environment)
    }
  }

  /// Opens it to look at, while servers may go on.
  func inspecting() throws -> SQLStore {
    let environment = StoreEnvironment.programme(vault: try key().vault) { Self.morning }
    switch location {
    case .sqlite(let path): return .inspecting(sqlite: path, environment: environment)
    case .postgres(let target): return .inspecting(postgres: target, environment: environment)
    }
  }

  /// The engine alone, past the store; nobody else may use it.
  func engine() throws -> any SQLEngine {
    switch location {
    case .sqlite(let path): try SQLiteEngine(path: path)
    case .postgres(let target): PostgresEngine(target: target)
    }
  }

  /// Runs something on a connection outside any transaction, with room to sort much; nobody else may use the store.
  func prepare(_ body: (any SQLConnection) throws -> Void) async throws {
    switch location {
    case .sqlite(let path):
      let engine = try SQLiteEngine(path: path)
      try engine.prepare { connection in
        try connection.script("PRAGMA temp_store = FILE; PRAGMA cache_size = -200000")
        try body(connection)
      }
      try await engine.close()
    case .postgres(let target):
      let engine = PostgresEngine(target: target)
      try engine.prepare(body)
      try await engine.close()
    }
  }
}
