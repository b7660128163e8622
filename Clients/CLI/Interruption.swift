import Foundation
import Glibc

/// What Ctrl-C does: it cancels the call, and the process ends when that has been said to the server.
struct Interruption {
  /// How long a cancelled command may take to end, in seconds.
  private static let grace = 2.0

  private let source: any DispatchSourceSignal

  /// Takes SIGINT over from the system.
  ///
  /// - Parameter cancel: called at the first; the second ends the process at once
  init(cancel: @escaping @Sendable () -> Void) {
    // What a shell expects of a program that the signal has ended (128 + 2).
    let exitCode: Int32 = 130
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    let count = Count()
    source.setEventHandler {
      guard count.increase() == 1 else { _exit(exitCode) }
      cancel()
      DispatchQueue.global().asyncAfter(deadline: .now() + Self.grace) { _exit(exitCode) }
    }
    source.resume()
  }

  /// Counts on the source's queue, on which its handler runs one after the other.
  private final class Count: @unchecked Sendable {
    private var value = 0

    func increase() -> Int {
      value += 1
      return value
    }
  }
}
