import Logging
import ServiceLifecycle
import Services

/// Signs how large the audit log is and what its root is, now and then while the server serves.
struct Checkpoints: Service {
  /// So long at most an entry waits for a checkpoint that covers it.
  private static let interval = Duration.seconds(10)

  let desk: Desk
  let logger: Logger

  func run() async throws {
    logger.info("checkpoints of the audit log are signed with the key \(desk.checkpointKey)")
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          await make()
          try await Task.sleep(for: Self.interval)
        }
      }
    } catch is CancellationError {
      // Both ways to end it come as one, and neither is a failure.
    }
  }

  private func make() async {
    do {
      try await desk.makeCheckpoint()
    } catch let changed as ChangedLog {
      logger.critical("\(changed)")
    } catch is CancellationError {
      return
    } catch {
      logger.error("no checkpoint was made, to be tried again: \(error)")
    }
  }
}
