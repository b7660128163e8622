import Glibc
import Synchronization

/// Something that comes to pass once, for scripts that wait on threads and tests that wait in tasks.
///
/// Nobody waits longer than ten seconds; then what follows in the test fails.
final class Signal: Sendable {
  private let value = Atomic(false)

  /// It has come to pass.
  func set() { value.store(true, ordering: .releasing) }

  var isSet: Bool { value.load(ordering: .acquiring) }

  /// Waits on a thread where nobody else waits.
  func wait() {
    let end = ContinuousClock.now + .seconds(10)
    while !isSet, ContinuousClock.now < end { usleep(1000) }
  }

  /// Waits in a task.
  func passed() async {
    let end = ContinuousClock.now + .seconds(10)
    while !isSet, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(1)) }
  }
}
