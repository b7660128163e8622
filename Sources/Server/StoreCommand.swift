import ArgumentParser
import Domain
import Foundation
import Services
import Storage
import StorageSQL

/// `pasarela-server store`: what is done to a store by those who keep it.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Copies, checks and backs up stores, and changes their keys.",
    subcommands: [
      CopyStore.self, CheckStore.self, BackUpStore.self, RotateKey.self, LogKey.self,
      PolicyKey.self,
    ])
}

/// `pasarela-server store copy`.
struct CopyStore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy", abstract: "Carries a store to another engine.",
    discussion: """
      End all servers of both first. May be stopped and run again: it goes on where it was. In the end every row \
      is compared. Prints `copied N rows` when both are the same.
      """)

  @Option(help: "The store to read: sqlite:PATH or postgres://USER@HOST/DATABASE.")
  var from: StoreLocation

  @Option(help: "The store to fill: new, or filled by an earlier run.")
  var to: StoreLocation

  func run() async throws {
    do {
      try from.demandStore()
      let offset = try from.rehearsalOffset()
      let (source, target) = (try from.copying(), try to.copying(rehearsalOffset: offset))
      let bar = ProgressBar()
      let count = try await StoreCopy(from: source, to: target).run { progress in
        bar.show(progress.copiedCount, of: progress.totalCount, progress.table)
      }
      bar.end()
      try await source.close()
      try await target.close()
      if case .sqlite(let path) = to { try ProgrammeClock.mark(store: path, offset) }
      Output.line("copied \(count) rows")
    } catch {
      throw StartupFailure("cannot copy: \(error)")
    }
  }
}

/// `pasarela-server store check`.
struct CheckStore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Looks for broken invariants, while servers go on.",
    discussion: "Prints each finding, and exits with 1 when there is one; else `no findings`.")

  @Option(help: "The store: sqlite:PATH or postgres://USER@HOST/DATABASE.")
  var store: StoreLocation

  func run() async throws {
    let store = try store.inspecting()
    let findings: [String]
    do {
      findings = try await store.check()
      try await store.close()
    } catch {
      throw StartupFailure("cannot check: \(error)")
    }
    for finding in findings { Output.line(finding) }
    if !findings.isEmpty { throw ExitCode(1) }
    Output.line("no findings")
  }
}

/// `pasarela-server store backup`.
struct BackUpStore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies a SQLite store as it is now, while a server goes on.",
    discussion: """
      The key file is not part of it: keep a copy of that elsewhere. For PostgreSQL use pg_dump or its own backups.
      """)

  @Option(help: "The store: sqlite:PATH.")
  var store: StoreLocation

  @Option(help: ArgumentHelp("The file to write; there must be none.", valueName: "PATH"))
  var to: String

  func run() throws {
    guard case .sqlite(let path) = store else {
      throw StartupFailure("backups of a database are made by its own tools, such as pg_dump")
    }
    do {
      try ProgrammeClock.mark(store: to, ProgrammeClock.mark(ofStore: path))
      try SQLiteBackup.make(of: path, at: to)
    } catch let failure as StartupFailure {
      throw failure
    } catch {
      throw StartupFailure("cannot back up: \(error)")
    }
    Output.line("backed up to \(to)")
  }
}

extension StoreLocation {
  /// Opens it to look at.
  func inspecting(_ environment: StoreEnvironment = .keyless) throws -> SQLStore {
    try demandStore()
    switch self {
    case .sqlite(let path): return .inspecting(sqlite: path, environment: environment)
    case .postgres(let target): return .inspecting(postgres: target, environment: environment)
    }
  }

  /// Opens it to copy from or to.
  ///
  /// - Parameter rehearsalOffset: marks a database as a rehearsal's
  func copying(rehearsalOffset: Int64? = nil) throws -> SQLStore {
    umask(0o077)
    switch self {
    case .sqlite(let path): return try .copying(sqlite: path, environment: .keyless)
    case .postgres(let target):
      // Places that were still to be given out get the programme's time.
      let deployment = try PostgresDeployment(at: target)
      let offset = rehearsalOffset ?? deployment.rehearsalOffset
      let environment = StoreEnvironment.keyless {
        Instant(microseconds: deployment.clock.now.microseconds + (offset ?? 0))
      }
      return try .copying(
        postgres: target, environment: environment, rehearsalOffset: rehearsalOffset)
    }
  }

  /// By how much the clock of a rehearsal is ahead; nil for a store of the real time.
  fileprivate func rehearsalOffset() throws -> Int64? {
    switch self {
    case .sqlite(let path): try ProgrammeClock.mark(ofStore: path)
    case .postgres(let target): try PostgresDeployment(at: target).rehearsalOffset
    }
  }

  func demandStore() throws {
    switch self {
    case .sqlite(let path):
      guard FileManager.default.fileExists(atPath: path) else {
        throw StartupFailure("there is no store at \(path)")
      }
    case .postgres(let target):
      if try PostgresDeployment(at: target).isNew {
        throw StartupFailure("there is no store in that database")
      }
    }
  }
}

extension StoreEnvironment {
  /// For work that opens nothing sealed: any key will do.
  static var keyless: StoreEnvironment {
    keyless { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
  }

  /// As above, by a clock.
  static func keyless(_ now: @escaping @Sendable () -> Instant) -> StoreEnvironment {
    guard let key = DeploymentKey([UInt8](repeating: 0, count: DeploymentKey.length)) else {
      preconditionFailure("a key has \(DeploymentKey.length) bytes")
    }
    return .programme(vault: key.vault, now: now)
  }
}
