/// What swift-metrics has no words for: a metric's unit, its buckets, and what it means.
///
/// A backend that is given these prints better; none is needed for a metric to work.
public struct MetricDescription: Sendable, Hashable {
  /// What the numbers count.
  public enum Unit: Sendable, Hashable {
    /// A plain number.
    case none
    /// Seconds, also for timers, which record nanoseconds.
    case seconds
    /// Bytes.
    case bytes

    var suffix: String {
      switch self {
      case .none: ""
      case .seconds: "_seconds"
      case .bytes: "_bytes"
      }
    }
  }

  /// The label under which code makes the metric, "grpc.server.call.duration".
  public var label: String
  /// One sentence for operators.
  public var help: String
  /// What the numbers count.
  public var unit: Unit
  /// The upper bounds of a histogram's buckets, at most 63, rising, without infinity; nil for the default.
  public var bounds: [Double]?

  /// Everything is as it will be shown.
  public init(_ label: String, unit: Unit = .none, bounds: [Double]? = nil, help: String) {
    self.label = label
    self.help = help
    self.unit = unit
    self.bounds = bounds
  }

  /// Bounds for latencies, in seconds, that gRPC implementations share (gRFC A66, "Units").
  public static let latencyBounds = [
    0, 0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006,
    0.008, 0.01, 0.013, 0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.13, 0.16, 0.2,
    0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 2, 5, 10, 20, 50, 100,
  ]

  /// Bounds for sizes, in bytes, from the same place.
  public static let sizeBounds: [Double] = [
    0, 1024, 2048, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
    268_435_456, 1_073_741_824, 4_294_967_296,
  ]
}
