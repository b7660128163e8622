import ArgumentParser
import Domain
import Foundation
import StorageSQL

/// The clock by which the programme's records are dated: the real time, or in a rehearsal the real
/// time moved by a constant.
///
/// A rehearsal must never touch real records, nor real calls a rehearsal's. Both follow from one
/// file, `PATH.rehearsal` beside the store: it is made only together with a new store, the real
/// clock refuses a store that has it, and a rehearsal one that has it not.
struct ProgrammeClock: Sendable {
  /// How far ahead of the real time it is, in microseconds; 0 outside rehearsals.
  let offset: Int64
  /// Whether this is a rehearsal.
  let isRehearsal: Bool

  /// The time that all this is about; nil for this machine's.
  private let database: DatabaseClock?

  /// The programme's time.
  var now: Instant {
    let real = database?.now.microseconds ?? Self.realMicroseconds()
    return Instant(microseconds: real + offset)
  }

  /// The clock of the store in a database, which all its nodes share.
  ///
  /// A rehearsal's database is marked in itself, and its clock goes on where it was, or forward to `rehearsal`; so that
  /// all servers have the same, end them all before it goes forward.
  ///
  /// - Parameter rehearsal: where a new rehearsal begins; nil for the real time
  init(_ deployment: PostgresDeployment, rehearsal: Instant?) throws(StartupFailure) {
    database = deployment.clock
    isRehearsal = rehearsal != nil
    switch (rehearsal, deployment.rehearsalOffset) {
    case (nil, nil): offset = 0
    // Time does not run back in a rehearsal either. Forward it goes for servers that start from now on.
    case (let rehearsal?, let marked?):
      offset = max(marked, rehearsal.microseconds - deployment.clock.now.microseconds)
    case (nil, _?):
      throw StartupFailure(
        "the database is a rehearsal's: start it with --rehearsal-time, or give the real programme a "
          + "database of its own")
    case (let rehearsal?, nil):
      guard deployment.isNew else {
        throw StartupFailure(
          "the database is no rehearsal's: give --rehearsal-time a new one, or leave it out to serve "
            + "this one with the real time")
      }
      offset = rehearsal.microseconds - deployment.clock.now.microseconds
    }
  }

  /// The clock of the store at `path`.
  ///
  /// - Parameter rehearsal: where a rehearsal begins; nil for the real time
  init(store path: String, rehearsal: Instant?) throws(StartupFailure) {
    database = nil
    let marker = "\(path).rehearsal"
    let files = FileManager.default
    let isMarked = files.fileExists(atPath: marker)
    guard let rehearsal else {
      if isMarked {
        throw StartupFailure(
          "\(path) is the store of a rehearsal (see \(marker)): start it with --rehearsal-time, "
            + "or give the real programme a store of its own")
      }
      (offset, isRehearsal) = (0, false)
      return
    }
    if !isMarked, files.fileExists(atPath: path) {
      throw StartupFailure(
        "\(path) is no store of a rehearsal: give --rehearsal-time a new path, "
          + "or leave it out to serve this store with the real time")
    }
    let asked = rehearsal.microseconds - Self.realMicroseconds()
    // Time does not run back in a rehearsal either.
    let offset = max(asked, isMarked ? try Self.offset(in: marker) : asked)
    try Self.mark(store: path, offset)
    (self.offset, isRehearsal) = (offset, true)
  }

  /// How far ahead the rehearsal is whose store this is; nil for a store of the real time.
  static func mark(ofStore path: String) throws(StartupFailure) -> Int64? {
    let marker = "\(path).rehearsal"
    return FileManager.default.fileExists(atPath: marker) ? try offset(in: marker) : nil
  }

  /// Marks the store of a rehearsal; does nothing for nil.
  static func mark(store path: String, _ offset: Int64?) throws(StartupFailure) {
    guard let offset else { return }
    do {
      try "\(offset)\n".write(toFile: "\(path).rehearsal", atomically: true, encoding: .utf8)
    } catch {
      throw StartupFailure("cannot write \(path).rehearsal: check that its directory is writable")
    }
  }

  private static func offset(in marker: String) throws(StartupFailure) -> Int64 {
    let text = try? String(contentsOfFile: marker, encoding: .utf8)
    guard let text, let offset = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw StartupFailure("\(marker) is not readable: restore it, or begin with a new store")
    }
    return offset
  }

  private static func realMicroseconds() -> Int64 {
    Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down))
  }
}

/// The instant at which a rehearsal begins, in RFC 3339.
struct RehearsalStart: ExpressibleByArgument {
  let instant: Instant

  init?(argument: String) {
    guard let date = try? Date(argument, strategy: .iso8601) else { return nil }
    let seconds = Int64(date.timeIntervalSince1970.rounded(.down))
    instant = Instant(microseconds: seconds * 1_000_000)
  }
}
