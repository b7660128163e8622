import Domain
import Foundation
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage

extension History {
  /// Does what comes next, and says what came of it.
  func step() async throws -> String {
    world.clock.advance(by: .milliseconds(int(500...90_000)))
    switch int(1...100) {
    case ...4: return await createRegistration()
    case ...27: return await workOnRegistration()
    case ...46: return await workOnAppointment()
    case ...51: return await workOnWaitlist()
    case ...70: return await workOnReferral()
    case ...74: return await workOnDuplicates()
    case ...78: return await workOnWindows()
    case ...84: return await read()
    case ...89: return await repeatCall()
    case ...91: return await change()
    case ...94: return await correct()
    case ...96: return try await lookAtTheClock()
    default: return letTimePass()
    }
  }

  private func lookAtTheClock() async throws -> String {
    let report = try await world.desk.endWhatIsDue()
    let moves = report.moveCounts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let failures = report.failures.map { canonical.plain($0.description) }.sorted()
    return "timers: \(moves) \(failures) \(report.forgottenCount)"
  }

  private func letTimePass() -> String {
    let booked = (names["appointments"] ?? []).filter { state(of: $0).hasSuffix("CONFIRMED") }
    let starts = booked.compactMap { Self.instant(text($0, "startTime")) }
    if let start = starts.filter({ $0 > world.clock.now }).min(), chance(70) {
      world.clock.set(max(world.clock.now, start - .minutes(int(0...40))))
    } else {
      world.clock.advance(by: .minutes(int(20...900)))
    }
    return "it is \(world.clock.now)"
  }

  static func instant(_ text: String) -> Instant? {
    guard let date = try? Date(text, strategy: .iso8601) else { return nil }
    return Instant(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
  }

  /// What is left when all is done: the feed of each resource, and the log without its order, which goes by ids
  /// where several things happen at once.
  func traces() async throws -> [String] {
    try await world.store.read { reader in
      var lines: [String: [String]] = [:]
      for event in try reader.statusEvents(after: 0, limit: 100_000).items.map(\.event) {
        lines["\(event.aggregate) \(event.uid)", default: []].append(
          "\(event.version.rawValue) \(event.type) \(String(describing: event.stateBefore)) "
            + "\(event.stateAfter) \(event.actorClass) \(event.time.microseconds)")
      }
      let entries = try reader.auditEntries(from: 0, limit: 100_000).items.map(\.entry).map {
        "\($0.eventTime.microseconds) \(String(describing: $0.partner)) \($0.role) \($0.method) \($0.verdict) "
          + "\(String(describing: $0.stateBefore)) \(String(describing: $0.stateAfter)) "
          + "\(String(describing: $0.internalReason))"
      }
      return entries.sorted() + lines.values.map { $0.joined(separator: "; ") }.sorted()
    }
  }
}
