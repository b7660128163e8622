import Logging
import ServiceLifecycle
import Services

/// Looks at the clock while the server serves: once as it starts, then after every interval.
///
/// Runs in a task of the service group, so on the global executor and never on an event loop. A
/// signal ends it before the listener, after the unit of work it is in.
struct Timers: Service {
  let desk: Desk
  let interval: Duration
  let logger: Logger

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          tell(try await desk.endWhatIsDue())
          // Behind it, so that what ended with the month is counted.
          tell(try await desk.releaseReports())
          try await Task.sleep(for: interval)
        }
      }
    } catch is CancellationError {
      // Both ways to end it come as one, and neither is a failure: what is due stays due.
    }
  }

  /// Ids and counts only: who was concerned is in the audit log.
  private func tell(_ report: TimerReport) {
    for (method, count) in report.moveCounts.sorted(by: { $0.key < $1.key }) {
      logger.info("\(method): \(count)")
    }
    if report.forgottenCount > 0 { logger.info("forgot \(report.forgottenCount) request ids") }
    for failure in report.failures { logger.error("not done, to be tried again: \(failure)") }
    if report.failureCount > report.failures.count {
      logger.error("not done in all: \(report.failureCount)")
    }
  }
}
