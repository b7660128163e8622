import ArgumentParser
import Domain
import Foundation
import Glibc
import Services
import Storage
import StorageSQL

/// Which store, and by which clock its records are dated.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The store: sqlite:PATH, or postgres://USER@HOST/DATABASE.",
      discussion: """
        A file is made if there is none. A database must exist, in UTF-8 and with C as its order of text; any \
        number of servers may share it. postgres:KEYWORDS takes libpq's key words instead of a URL.
        """))
  var store: StoreLocation

  @Option(
    help: ArgumentHelp(
      "The key of the store's sealed columns. (default: PATH.key beside the store)",
      discussion: """
        32 random bytes, made together with a new store. Keep a copy apart from the store's: without \
        it the store does not open. Where no file is named, PASARELA_KEY may hold the key instead, as 64 hexadecimal \
        digits.
        """,
      valueName: "PATH"))
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "Start the programme's clock at this instant and let it run: a rehearsal.",
      discussion: """
        RFC 3339, for example 2023-06-12T15:00:00Z. Only for a new store, which is marked as a \
        rehearsal by a file PATH.rehearsal beside it and can never be served with the real time. \
        The clock of a marked store goes on where it was, or forward to this instant.
        """,
      valueName: "RFC3339"))
  var rehearsalTime: RehearsalStart?

  /// Opens the store by its clock.
  ///
  /// - Throws: `StartupFailure`
  func open() throws -> Opened {
    // The store holds names and forms: its files, the log beside it too, are its owner's alone.
    umask(0o077)
    do {
      switch store {
      case .sqlite(let path): return try open(sqlite: path)
      case .postgres(let target): return try open(postgres: target)
      }
    } catch let error as StoreError {
      throw StartupFailure("cannot open the store: \(error)")
    }
  }

  private func open(sqlite path: String) throws -> Opened {
    let clock = try ProgrammeClock(store: path, rehearsal: rehearsalTime?.instant)
    let key = try store.key(
      in: keyFile, isNew: !FileManager.default.fileExists(atPath: path))
    let opened = try SQLStore.open(
      sqlite: path, environment: .programme(vault: key.vault) { clock.now })
    return try Opened(opened, key, clock)
  }

  private func open(postgres target: String) throws -> Opened {
    let deployment = try PostgresDeployment(at: target)
    let clock = try ProgrammeClock(deployment, rehearsal: rehearsalTime?.instant)
    let key = try store.key(in: keyFile, isNew: deployment.isNew)
    let opened = try SQLStore.open(
      postgres: target, environment: .programme(vault: key.vault) { clock.now },
      clock: deployment.clock, rehearsalOffset: clock.isRehearsal ? clock.offset : nil)
    return try Opened(opened, key, clock)
  }
}

/// A store that is open, with what it was opened by.
struct Opened {
  var store: SQLStore
  var secrets: Secrets
  var clock: ProgrammeClock

  fileprivate init(
    _ store: SQLStore, _ key: DeploymentKey, _ clock: ProgrammeClock
  ) throws(StartupFailure) {
    self.store = store
    secrets = try Secrets(of: key, lasting: store.lastingKey)
    self.clock = clock
  }
}

extension Secrets {
  /// The keys of a store.
  init(of key: DeploymentKey, lasting: [UInt8]) throws(StartupFailure) {
    guard let secrets = Secrets(key: key, lasting: lasting) else {
      throw StartupFailure("the store's lasting key is damaged: restore a backup")
    }
    self = secrets
  }
}

extension StoreLocation {
  /// What the store is called in messages.
  var name: String {
    switch self {
    case .sqlite(let path): path
    case .postgres: "the database"
    }
  }

  /// The store's key: in the file that is named, in the environment, or in the file beside it.
  ///
  /// - Parameter isNew: whether a key may be made
  func key(in file: String?, isNew: Bool) throws(StartupFailure) -> DeploymentKey {
    if let file { return try KeyFile(path: file).key(forNew: isNew, named: name) }
    if let key = try KeyVariable.key(KeyVariable.present) { return key }
    guard case .sqlite(let path) = self else {
      throw StartupFailure(
        "a database has no place for its key: give --key-file PATH or \(KeyVariable.present), the same key to every server"
      )
    }
    return try KeyFile(path: "\(path).key").key(forNew: isNew, named: name)
  }
}

/// `sqlite:PATH`, `postgres://…` or `postgres:KEYWORDS`.
enum StoreLocation: ExpressibleByArgument {
  case sqlite(String)
  case postgres(String)

  init?(argument: String) {
    if argument.hasPrefix("postgres://") || argument.hasPrefix("postgresql://") {
      self = .postgres(argument)
      return
    }
    let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "sqlite": self = .sqlite(parts[1])
    case "postgres": self = .postgres(parts[1])
    default: return nil
    }
  }
}
