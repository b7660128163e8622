public import Domain
import Synchronization

/// The world's clock: it stands until a test moves it.
public final class WorldClock: Sendable {
  private let instant: Mutex<Instant>

  /// A clock that stands at an instant.
  public init(_ instant: Instant) {
    self.instant = Mutex(instant)
  }

  /// What it shows.
  public var now: Instant { instant.withLock { $0 } }

  /// Moves it on.
  public func advance(by span: Duration) {
    instant.withLock { $0 = $0 + span }
  }

  /// Sets it.
  public func set(_ now: Instant) {
    instant.withLock { $0 = now }
  }
}
