import Synchronization

@testable import SafeMobilityClient

/// A clock that only pauses and scripts move, and dice that always fall alike.
final class FakeTime: Sendable {
  private struct State {
    var now = ContinuousClock.Instant.now
    var pauses: [Duration] = []
    var random: UInt64 = 1
  }

  private let state = Mutex(State())

  var now: ContinuousClock.Instant { state.withLock { $0.now } }
  /// Every pause so far.
  var pauses: [Duration] { state.withLock { $0.pauses } }

  func advance(_ duration: Duration) { state.withLock { $0.now += duration } }

  var source: TimeSource {
    TimeSource(
      now: { self.now },
      sleep: { duration in
        try Task.checkCancellation()
        self.state.withLock {
          $0.pauses.append(duration)
          $0.now += duration
        }
      },
      roll: {
        self.state.withLock {
          $0.random = $0.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return $0.random
        }
      })
  }

  /// The usual configuration at this time.
  var configuration: SafeMobilityClient.Configuration {
    var configuration = SafeMobilityClient.Configuration()
    configuration.time = source
    return configuration
  }
}
