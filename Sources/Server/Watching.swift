import Logging
import ServiceLifecycle
import Services

/// Wakes the streams that watch while the server serves; the listener ends them.
///
/// Runs in a task of the service group, so on the global executor and never on an event loop.
struct Watching: Service {
  let desk: Desk
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await desk.tellWatchers { logger.error("could not look for changes, will again: \($0)") }
    }
  }
}
