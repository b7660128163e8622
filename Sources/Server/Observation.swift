import Logging
import Metrics
import RPCCore
import RPCObservability
import RPCTransportHTTP2
import ServiceLifecycle
import Tracing

/// Who watches the server: the log, and what the command line asked for besides.
///
/// Made once in a process, before anything logs, counts or traces.
struct Observation {
  private let options: ObservationOptions
  private let registry: PrometheusRegistry?

  init(_ options: ObservationOptions) {
    self.options = options
    LoggingSystem.bootstrap {
      LineLogHandler(
        label: $0, format: options.logFormat.format, logLevel: options.logLevel.level)
    }
    registry = options.metrics.map { _ in
      PrometheusRegistry(descriptions: CallMetrics.descriptions + ProcessMetrics.descriptions)
    }
    if let registry {
      MetricsSystem.bootstrap(registry)
      let process = ProcessMetrics()
      registry.addCollector(process.collect)
    }
    if let share = options.traceShare {
      let log = SpanLog(logger: Logger(label: "pasarela.trace"))
      InstrumentationSystem.bootstrap(W3CTracer(exporter: log, sampledShare: share))
    }
  }

  /// Stands before every handler when calls are traced.
  var interceptors: [any ServerInterceptor] {
    options.traceShare == nil ? [] : [TracingInterceptor()]
  }

  /// Told of every call of `router`.
  func observer(of router: Router) -> any ServerObserver {
    let log = CallLog(logger: Logger(label: "pasarela.calls"))
    guard registry != nil else { return log }
    return ServerObservers([CallMetrics(methods: router.methods), log])
  }

  /// Serves the metrics; nil when nobody asked for them.
  var service: (any Service)? {
    guard let registry, let address = options.metrics else { return nil }
    return MetricsService(registry: registry, address: address)
  }
}

/// The metrics endpoint as a service of the process: a signal ends it after the calls have ended.
private struct MetricsService: Service {
  private let endpoint: MetricsEndpoint
  private let address: MetricsAddress

  init(registry: PrometheusRegistry, address: MetricsAddress) {
    var configuration = MetricsEndpoint.Configuration()
    configuration.host = address.host
    configuration.port = address.port
    configuration.onListening = { host, port in
      Output.line("metrics on \(Endpoint.tcp(host: host, port: port))")
    }
    endpoint = MetricsEndpoint(registry: registry, configuration: configuration)
    self.address = address
  }

  func run() async throws {
    do {
      try await withGracefulShutdownHandler {
        try await endpoint.run()
      } onGracefulShutdown: {
        endpoint.shutdown()
      }
    } catch {
      throw StartupFailure(
        "cannot serve metrics on \(Endpoint.tcp(host: address.host, port: address.port)): \(error); "
          + "check the address, and that no other program has it")
    }
  }
}
