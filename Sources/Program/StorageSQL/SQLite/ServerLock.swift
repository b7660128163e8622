import Glibc
import Synchronization

/// A lock file that keeps a second server from writing the same database unnoticed.
///
/// SQLite itself would let two processes take turns, but each would hold its own group commit,
/// timers and caches. The lock is `flock(2)` on `PATH-server`: the kernel drops it when the process
/// ends, however it ends, so nothing has to be cleaned up after SIGKILL. It says nothing to readers:
/// backups and the SQLite shell may look while a server runs.
final class ServerLock: Sendable {
  private let descriptor: Mutex<CInt?>

  /// Takes the lock until `release`, or for the life of this object.
  /// - Throws: `SQLFailure.busy` if another process, or this one, has it; `.inputOutput` if the
  ///   file cannot be made.
  init(databasePath: String) throws(SQLFailure) {
    let path = databasePath + "-server"
    // SAFETY: `open` reads the path before it returns.
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .inputOutput("cannot open \(path)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(descriptor)
      throw .busy
    }
    self.descriptor = Mutex(descriptor)
  }

  /// Lets another server in. The file stays: removing it would let two servers lock two files.
  func release() {
    // Closing the only descriptor drops the lock.
    if let descriptor = descriptor.withLock({ $0.take() }) { Glibc.close(descriptor) }
  }

  deinit { release() }
}
