package import Storage

/// A database as the portable SQL sees it: units of work, reads, and an end.
package protocol SQLEngine: Sendable {
  /// What the engine's dialect says differently.
  var dialect: SQLDialect { get }

  /// Runs one unit in a transaction of its own effect: returns only after the change is durable,
  /// and a throw undoes this unit alone.
  @discardableResult
  func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R

  /// Runs reads against one consistent state of the database.
  func read<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R

  /// Rewrites tables, or the one file that all are in, so that nothing is left of what was deleted or changed there.
  func scrub(_ tables: [String]) async throws

  /// Refuses new work, finishes what is queued, and closes every connection.
  func close() async throws
}

extension SQLEngine {
  /// Runs a unit that changes something.
  @discardableResult
  package func write<R: Sendable>(
    _ unit: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await write(.change, unit)
  }
}
