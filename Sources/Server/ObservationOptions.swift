import ArgumentParser
import Logging
import RPCObservability
import RPCTransportHTTP2

/// What the server tells those who run it, and where.
struct ObservationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Serve metrics as Prometheus text over HTTP at /metrics there, to everybody who reaches it.",
      discussion: """
        HOST:PORT; port 0 picks a free port. Prints `metrics on HOST:PORT` when it answers.
        """,
      valueName: "ADDRESS"))
  var metrics: MetricsAddress?

  @Option(
    help: ArgumentHelp(
      "What is logged: trace, debug, info, notice, warning, error or critical.",
      discussion: "At debug, each call and connection has a line.", valueName: "LEVEL"))
  var logLevel = LogLevel(level: .info)

  @Option(help: "How a line of the log looks: text (logfmt) or json.")
  var logFormat = LogFormat(format: .text)

  @Option(
    help: ArgumentHelp(
      "Log a span for this share of the traces that begin here, and for all whose caller keeps them.",
      valueName: "0…1"))
  var traceShare: Double?

  func validate() throws {
    if let traceShare, !(0...1).contains(traceShare) {
      throw ValidationError("--trace-share must be 0 to 1")
    }
  }
}

/// The name of a level of swift-log.
struct LogLevel: ExpressibleByArgument {
  let level: Logger.Level

  init(level: Logger.Level) { self.level = level }

  init?(argument: String) {
    guard let level = Logger.Level(rawValue: argument) else { return nil }
    self.level = level
  }

  var defaultValueDescription: String { level.rawValue }
}

/// The name of a form of the log's lines.
struct LogFormat: ExpressibleByArgument {
  let format: LineLogHandler.Format

  init(format: LineLogHandler.Format) { self.format = format }

  init?(argument: String) {
    guard let format = LineLogHandler.Format(rawValue: argument) else { return nil }
    self.format = format
  }

  var defaultValueDescription: String { format.rawValue }
}

/// Where metrics are served: `HOST:PORT` or `[V6]:PORT`.
struct MetricsAddress: ExpressibleByArgument {
  let host: String
  let port: Int

  init?(argument: String) {
    guard case .tcp(let host, let port) = Endpoint(argument) else { return nil }
    (self.host, self.port) = (host, port)
  }
}
