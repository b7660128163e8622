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
      // A store in this process has no more to say; a service that ends would end the others.
      try? await gracefulShutdown()
    }
  }
}
