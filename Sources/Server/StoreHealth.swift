import Logging
import RPCServices
import ServiceLifecycle
import StorageSQL

/// Tells callers' health checks whether the store can be reached, so that they go elsewhere while it cannot.
struct StoreHealth: Service {
  let store: SQLStore
  let health: HealthBoard
  /// The services that need the store, and the server as a whole.
  let names: [String]
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup { group in
        group.addTask { await warnOfLag() }
        group.addTask { await showReachability() }
      }
      // A store in this process has no more to say; a service that ends would end the others.
      try? await gracefulShutdown()
    }
  }

  private func warnOfLag() async {
    for await lag in store.sequencerLag {
      logger.error(
        "an entry of the audit log has waited \(Int(lag / .seconds(1))) s for its place: no server gives places out, or the one that does is too slow"
      )
    }
  }

  private func showReachability() async {
    var last = true
    for await isReached in store.reachability where isReached != last {
      last = isReached
      if isReached {
        logger.info("the database is reached again")
      } else {
        logger.error("the database cannot be reached: NOT_SERVING until it can")
      }
      for name in names { health.set(name, isReached ? .serving : .notServing) }
    }
  }
}
