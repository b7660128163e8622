import Domain
import Storage

extension Desk {
  /// The most things one unit of work moves: on SQLite every caller waits behind it.
  static var timerBatchCountMax: Int { 50 }

  /// Ends, and opens, everything whose time has come by the store's clock: once per thing, whoever
  /// asks how often, because a thing that was moved is due no more.
  ///
  /// Works in units of at most fifty things, and leaves the store to others between them. One thing
  /// that cannot be moved is in the report and does not keep the others; neither does one kind keep
  /// the next. May be called from any task that may block for a read; not from an event loop.
  ///
  /// - Throws: `CancellationError` only, between two units
  public func endWhatIsDue() async throws -> TimerReport {
    var report = TimerReport()
    try await run(.closeWindow, into: &report)
    try await run(.openWindow, into: &report)
    try await run(.expireHold, into: &report)
    try await run(.lapseAppointment, into: &report)
    try await run(.markNoShow, into: &report)
    // In this order: only what is marked expires, however long nobody looked at the clock.
    try await run(.markOverdue, into: &report)
    try await run(.expireReferral(limits), into: &report)
    try await run(.expireConsent, into: &report)
    try await run(.expireRegistration(limits), into: &report)
    try await forgetRequests(into: &report)
    return report
  }

  private func run<ID>(_ timer: Timer<ID>, into report: inout TimerReport) async throws {
    var key: TimeKey<ID>?
    do {
      while true {
        try Task.checkCancellation()
        let page = try await store.read { [key] in
          try timer.due($0, key, Self.timerBatchCountMax)
        }
        for start in stride(from: 0, to: page.items.count, by: timer.unitCountMax) {
          try Task.checkCancellation()
          let unit = page.items[start...].prefix(timer.unitCountMax)
          try await move(unit.map(\.id), timer, into: &report)
        }
        guard page.hasMore, let last = page.items.last else { return }
        // Behind the last one, moved or not: what fails must not be met again in this look.
        key = last
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      report.note(error, timer.method)
    }
  }

  /// Moves a batch in one unit. A throw undoes all of it, so that then each is tried by itself.
  private func move<ID>(
    _ ids: [ID], _ timer: Timer<ID>, into report: inout TimerReport
  ) async throws {
    if ids.isEmpty { return }
    do {
      report.count(try await fire(ids, timer), of: timer.method)
    } catch let error where !isOfTheStore(error) {
      for id in ids {
        try Task.checkCancellation()
        do {
          report.count(try await fire([id], timer), of: timer.method)
        } catch let error where !isOfTheStore(error) {
          report.note(error, timer.method, id.rawValue)
        }
      }
    }
  }

  /// Moves things that are due, in one unit.
  ///
  /// - Returns: how many there were still to be moved
  func fire<ID>(_ ids: [ID], _ timer: Timer<ID>) async throws -> Int {
    let count = try await store.write { tx in
      var count = 0
      for id in ids where try timer.fire(id, at: self, in: tx) { count += 1 }
      return count
    }
    watches.ring()
    return count
  }

  /// Whether an error is the store's trouble, which meets the next thing as well.
  private func isOfTheStore(_ error: any Error) -> Bool {
    switch error {
    case StoreError.busy, StoreError.io, StoreError.unavailable, is CancellationError: true
    default: false
    }
  }

  private func forgetRequests(into report: inout TimerReport) async throws {
    do {
      var count = Self.timerBatchCountMax
      while count == Self.timerBatchCountMax {
        try Task.checkCancellation()
        count = try await store.write { tx in
          try tx.forgetIdempotencyRecords(limit: Self.timerBatchCountMax)
        }
        report.forgottenCount += count
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      report.note(error, "safemobility.v1.Timer/ForgetRequests")
    }
  }
}
