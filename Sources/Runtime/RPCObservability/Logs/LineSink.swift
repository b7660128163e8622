internal import Glibc
internal import Synchronization

/// Writes whole lines to standard error, one at a time.
enum LineSink {
  // Not for what it holds: two threads' lines must not mix where one is longer than a pipe takes at once.
  private static let isWriting = Mutex(())

  /// Writes all of it, or drops the rest when standard error is gone: a log must not end the server.
  static func standardError(_ line: [UInt8]) {
    isWriting.withLock { _ in
      var rest = line[...]
      while !rest.isEmpty {
        // SAFETY: the bytes are lent for the call, with their count.
        let count = unsafe rest.withUnsafeBytes {
          unsafe write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }
}
