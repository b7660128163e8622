import Domain
import ServiceFixture
import Services
import Testing

extension World {
  /// Looks at the clock, as the server does every half minute.
  func lookAtTheClock() async throws -> TimerReport {
    try await Desk(store: store, secrets: World.secrets).endWhatIsDue()
  }

  /// Expects that a look one microsecond before `instant` does nothing, one at it moves one thing
  /// and leaves its event and its entry in the log, and another does nothing again.
  ///
  /// - Returns: the entry
  @discardableResult
  func expectMove(
    _ name: String, _ event: String, of kind: AggregateKind, _ uid: String, at instant: Instant,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> AuditEntry {
    clock.set(instant - .microseconds(1))
    try await expectNothing(sourceLocation: sourceLocation)
    clock.set(instant)
    let method = "safemobility.v1.Timer/\(name)"
    let count = try await auditCount()
    let report = try await lookAtTheClock()
    #expect(report.moveCounts == [method: 1], sourceLocation: sourceLocation)
    #expect(report.failures.map(\.description) == [], sourceLocation: sourceLocation)
    #expect(try await auditCount() == count + 1, sourceLocation: sourceLocation)
    let moved = try #require(
      try await events(of: kind, uid).last, sourceLocation: sourceLocation)
    #expect(moved.type == event, sourceLocation: sourceLocation)
    #expect(moved.actorClass == .system, sourceLocation: sourceLocation)
    #expect(moved.time == instant, sourceLocation: sourceLocation)
    let entry = try #require(try await lastAuditEntries().last, sourceLocation: sourceLocation)
    #expect(entry.method == method, sourceLocation: sourceLocation)
    #expect(entry.role == .system && entry.verdict == .allow, sourceLocation: sourceLocation)
    #expect(entry.eventTime == instant, sourceLocation: sourceLocation)
    #expect(entry.stateBefore == moved.stateBefore, sourceLocation: sourceLocation)
    #expect(entry.stateAfter == moved.stateAfter, sourceLocation: sourceLocation)
    #expect(entry.versionAfter == moved.version, sourceLocation: sourceLocation)
    try await expectNothing(sourceLocation: sourceLocation)
    return entry
  }

  /// Expects that a look finds nothing to do, and leaves no trace.
  func expectNothing(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let count = try await auditCount()
    let report = try await lookAtTheClock()
    #expect(report.moveCounts == [:], sourceLocation: sourceLocation)
    #expect(report.failures.map(\.description) == [], sourceLocation: sourceLocation)
    #expect(try await auditCount() == count, sourceLocation: sourceLocation)
  }
}
