public import Metrics
public import RPCCore
internal import Synchronization

/// Counts and measures a server's calls, under the names that all gRPC implementations share.
///
/// Source: gRFC A66, "Server Instruments". The metrics are made through swift-metrics; those with a
/// status when the first call ends with it. After that a call costs a few additions to memory, no lock.
/// The label `grpc.method` is a registered method or `other`, so that no caller can add series (attack
/// T19).
public final class CallMetrics: ServerObserver {
  private let table: MethodTable
  // By the table's numbers; behind them the one for all other methods.
  private let methods: [MethodMetrics]
  private let openConnections: Meter
  private let connections: Counter

  /// Metrics for a server that offers `methods`.
  ///
  /// - Parameters:
  ///   - methods: `router.methods`; calls of others are under `other`
  ///   - factory: where the metrics are made; by default what the program has bootstrapped
  public init(
    methods: [MethodDescriptor], factory: any MetricsFactory = MetricsSystem.factory
  ) {
    table = MethodTable(methods)
    self.methods = (methods.map(\.fullName) + ["other"]).map {
      MethodMetrics($0, factory: factory)
    }
    openConnections = Meter(label: Self.openConnectionsLabel, factory: factory)
    openConnections.set(0)
    connections = Counter(label: Self.connectionsLabel, factory: factory)
  }

  /// See ``RPCCore/ServerObserver``.
  public func callStarted(_ method: MethodDescriptor?) { methods[index(of: method)].start() }

  /// See ``RPCCore/ServerObserver``.
  public func callEnded(_ record: borrowing ServerCallRecord) {
    methods[index(of: record.method)].end(
      record.code, duration: record.duration, sentByteCount: record.sentByteCount,
      receivedByteCount: record.receivedByteCount)
  }

  /// See ``RPCCore/ServerObserver``.
  public func connectionOpened(_ peer: PeerIdentity) {
    connections.increment()
    openConnections.increment()
  }

  /// See ``RPCCore/ServerObserver``.
  public func connectionClosed(_ peer: PeerIdentity, reason: String) {
    openConnections.decrement()
  }

  private func index(of method: MethodDescriptor?) -> Int {
    guard let method, let index = table.index(of: method) else { return methods.count - 1 }
    return index
  }
}

extension CallMetrics {
  static let startedLabel = "grpc.server.call.started"
  static let durationLabel = "grpc.server.call.duration"
  static let sentLabel = "grpc.server.call.sent_total_compressed_message_size"
  static let receivedLabel = "grpc.server.call.rcvd_total_compressed_message_size"
  static let runningLabel = "pasarela.server.running_calls"
  static let openConnectionsLabel = "pasarela.server.open_connections"
  static let connectionsLabel = "pasarela.server.connections"

  /// Units, buckets and texts, for a registry.
  public static let descriptions = [
    MetricDescription(
      startedLabel, help: "Calls started, also those that have not ended yet."),
    MetricDescription(
      durationLabel, unit: .seconds, bounds: MetricDescription.latencyBounds,
      help: "Time from a call's head to its end, as the server's transport sees it."),
    MetricDescription(
      sentLabel, unit: .bytes, bounds: MetricDescription.sizeBounds,
      help: "Bytes of a call's response messages, compressed where they were."),
    MetricDescription(
      receivedLabel, unit: .bytes, bounds: MetricDescription.sizeBounds,
      help: "Bytes of a call's request messages, compressed where they were."),
    MetricDescription(runningLabel, help: "Calls that have started and not ended."),
    MetricDescription(openConnectionsLabel, help: "Connections that are up."),
    MetricDescription(connectionsLabel, help: "Connections that ever were up."),
  ]
}

/// What is recorded of one method.
///
/// Holds the factory's handlers, not the objects for applications around them: those are destroyed by
/// nobody here either, and cost a call more each time.
private final class MethodMetrics: Sendable {
  private let name: String
  private let factory: any MetricsFactory
  private let started: any CounterHandler
  private let running: any MeterHandler
  // One for each code. Most methods end with three or four, and a scrape shows no more.
  private let ends = InlineArray<17, AtomicLazyReference<EndMetrics>> { _ in
    AtomicLazyReference()
  }

  init(_ name: String, factory: any MetricsFactory) {
    self.name = name
    self.factory = factory
    let dimensions = [("grpc.method", name)]
    started = factory.makeCounter(label: CallMetrics.startedLabel, dimensions: dimensions)
    running = factory.makeMeter(label: CallMetrics.runningLabel, dimensions: dimensions)
    running.set(Int64(0))
  }

  func start() {
    started.increment(by: 1)
    running.increment(by: 1)
  }

  func end(
    _ code: StatusCode, duration: Duration, sentByteCount: Int, receivedByteCount: Int
  ) {
    running.decrement(by: 1)
    let end = ends[code.rawValue].load() ?? make(code)
    end.record(
      nanoseconds: duration.wholeNanoseconds, sentByteCount: sentByteCount,
      receivedByteCount: receivedByteCount)
  }

  private func make(_ code: StatusCode) -> EndMetrics {
    ends[code.rawValue].storeIfNil(EndMetrics(method: name, code: code, factory: factory))
  }
}

/// What is recorded of the calls of one method that end with one code.
private final class EndMetrics: Sendable {
  private let duration: any TimerHandler
  private let sent: any RecorderHandler
  private let received: any RecorderHandler

  init(method: String, code: StatusCode, factory: any MetricsFactory) {
    let dimensions = [("grpc.method", method), ("grpc.status", code.name)]
    duration = factory.makeTimer(label: CallMetrics.durationLabel, dimensions: dimensions)
    sent = factory.makeRecorder(
      label: CallMetrics.sentLabel, dimensions: dimensions, aggregate: true)
    received = factory.makeRecorder(
      label: CallMetrics.receivedLabel, dimensions: dimensions, aggregate: true)
  }

  func record(nanoseconds: Int64, sentByteCount: Int, receivedByteCount: Int) {
    duration.recordNanoseconds(nanoseconds)
    sent.record(Int64(sentByteCount))
    received.record(Int64(receivedByteCount))
  }
}

extension Duration {
  /// Nanoseconds, rounded down; at most what an `Int64` holds.
  ///
  /// Below nine seconds without a division of 128 bits, which would be the dearest part of a record.
  var wholeNanoseconds: Int64 {
    if let attoseconds = Int64(exactly: attoseconds) { return attoseconds / 1_000_000_000 }
    return Int64(clamping: attoseconds / 1_000_000_000)
  }
}
