public import Domain
import Synchronization

/// A clock that stands until a test moves it.
public final class TestClock: Sendable {
  private let instant: Mutex<Instant>

  /// A clock that stands at an instant.
  public init(_ instant: Instant = StoredWorld.opening) {
    self.instant = Mutex(instant)
  }

  /// What it shows.
  public var now: Instant { instant.withLock { $0 } }

  /// Moves it, forward or back.
  public func advance(by span: Duration) {
    instant.withLock { $0 = $0 + span }
  }
}
