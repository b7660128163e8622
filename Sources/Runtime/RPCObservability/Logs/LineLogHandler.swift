public import Logging

/// A backend of swift-log that writes each event as one line: logfmt for people, JSON for machines.
///
/// Keys are time (RFC 3339, UTC), level, label, message, error, then the metadata by name. No text can
/// forge a line or a field: control characters, line separators, bidirectional marks and quotes are
/// escaped, and every value is cut at a length. A line is written before `log` returns, so whoever
/// reads standard error must go on reading: a full pipe stops the thread that logs.
///
/// ```swift
/// LoggingSystem.bootstrap { LineLogHandler(label: $0, format: .json, logLevel: .info) }
/// ```
public struct LineLogHandler: LogHandler {
  /// How a line looks.
  public enum Format: String, Sendable, CaseIterable {
    /// `time=… level=info label=… message="…" key=value`
    case text
    /// `{"time":"…","level":"info",…}`, every value a string.
    case json
  }

  /// Bytes of a message that are kept.
  public static let messageByteCountMax = 4096
  /// Bytes of a value that are kept.
  public static let valueByteCountMax = 1024
  /// Bytes of a key that are kept.
  public static let keyByteCountMax = 64
  /// Keys of metadata that are kept, the first by name.
  public static let metadataCountMax = 32

  /// See swift-log.
  public var logLevel: Logger.Level
  /// See swift-log.
  public var metadata: Logger.Metadata = [:]
  /// See swift-log.
  public var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let format: Format
  private let now: @Sendable () -> Timestamp
  private let write: @Sendable ([UInt8]) -> Void

  /// Writes to standard error with the machine's time.
  public init(label: String, format: Format, logLevel: Logger.Level = .info) {
    self.init(
      label: label, format: format, logLevel: logLevel, now: Timestamp.now,
      write: LineSink.standardError)
  }

  /// - Parameter write: takes one line with its line feed, from any thread
  init(
    label: String, format: Format, logLevel: Logger.Level,
    now: @escaping @Sendable () -> Timestamp, write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.label = label
    self.format = format
    self.logLevel = logLevel
    self.now = now
    self.write = write
  }

  /// See swift-log.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes the event's line.
  public func log(event: LogEvent) {
    var line = LogLine(format: format)
    line.add("time", now().rfc3339)
    line.add("level", event.level.rawValue)
    line.add("label", label)
    line.add("message", event.message.description, byteCountMax: Self.messageByteCountMax)
    if let error = event.error { line.add("error", "\(error)") }
    var metadata = metadata
    if let provided = metadataProvider?.get() { metadata.merge(provided) { $1 } }
    if let own = event.metadata { metadata.merge(own) { $1 } }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }).prefix(Self.metadataCountMax) {
      line.add(Self.fixedKeys.contains(key) ? "metadata.\(key)" : key, value.description)
    }
    write(line.finished())
  }

  private static let fixedKeys: Set<String> = ["time", "level", "label", "message", "error"]
}

/// The line of one event.
private struct LogLine {
  private let format: LineLogHandler.Format
  private var text = LogText()
  private var isFirst = true

  init(format: LineLogHandler.Format) {
    self.format = format
    if format == .json { text.append("{") }
  }

  mutating func add(
    _ key: String, _ value: String, byteCountMax: Int = LineLogHandler.valueByteCountMax
  ) {
    if !isFirst { text.append(format == .json ? "," : " ") }
    isFirst = false
    let keyByteCountMax = LineLogHandler.keyByteCountMax
    switch format {
    case .json:
      text.append("\"")
      text.appendKey(key, byteCountMax: keyByteCountMax)
      text.append("\":")
      text.appendJSON(value, byteCountMax: byteCountMax)
    case .text:
      text.appendKey(key, byteCountMax: keyByteCountMax)
      text.append("=")
      text.appendLogfmt(value, byteCountMax: byteCountMax)
    }
  }

  func finished() -> [UInt8] { text.bytes + Array(format == .json ? "}\n".utf8 : "\n".utf8) }
}
