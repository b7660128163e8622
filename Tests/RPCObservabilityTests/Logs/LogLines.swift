import Logging
import Synchronization

@testable import RPCObservability

/// Lines that a handler wrote, as they would be on standard error.
final class LogLines: Sendable {
  private let written = Mutex<[UInt8]>([])

  var bytes: [UInt8] { written.withLock { $0 } }
  var text: String { String(decoding: bytes, as: UTF8.self) }
  var lines: [String] { text.split(separator: "\n").map(String.init) }

  /// A logger that writes here, at noon of the first day of the pilot.
  func logger(
    _ format: LineLogHandler.Format, level: Logger.Level = .trace, label: String = "test",
    provider: Logger.MetadataProvider? = nil
  ) -> Logger {
    Logger(label: label) { label in
      var handler = LineLogHandler(
        label: label, format: format, logLevel: level,
        now: { Timestamp(seconds: 1_686_571_200, nanoseconds: 1_234_567) },
        write: { line in self.written.withLock { $0 += line } })
      handler.metadataProvider = provider
      return handler
    }
  }
}
