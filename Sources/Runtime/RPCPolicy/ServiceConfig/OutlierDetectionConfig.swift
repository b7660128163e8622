/// When an endpoint that fails more than the others is left out for a while (gRFC A50).
public struct OutlierDetectionConfig: Hashable, Sendable {
  /// How often the endpoints are judged; above zero.
  public var interval: Duration = .seconds(10)
  /// How long the first ejection lasts; each further one lasts as much longer.
  public var baseEjectionTime: Duration = .seconds(30)
  /// How long an ejection lasts at most, or `baseEjectionTime` if that is longer.
  public var maxEjectionTime: Duration = .seconds(300)
  /// The share of the endpoints, in percent, from which on nobody more is ejected. One always may be.
  public var maxEjectionPercent = 10
  /// Judgement by how far a success rate lies below the others'; nil for none.
  public var successRate: SuccessRateEjection?
  /// Judgement by the share of failures; nil for none.
  public var failurePercentage: FailurePercentageEjection?

  /// The defaults: nobody is ejected, since neither judgement is on.
  public init() {}

  /// Whether anybody can be ejected at all.
  public var isActive: Bool { successRate != nil || failurePercentage != nil }
}

/// Ejects endpoints whose success rate lies far below the mean (gRFC A50).
public struct SuccessRateEjection: Hashable, Sendable {
  /// How many thousandths of the standard deviation a rate may lie below the mean.
  public var stdevFactor = 1900
  /// How many of a hundred outliers are in truth ejected, 0 to 100.
  public var enforcementPercentage = 100
  /// How many endpoints with enough calls it takes to judge.
  public var minimumHosts = 5
  /// How many calls in an interval are enough.
  public var requestVolume = 100

  /// gRFC A50's defaults.
  public init() {}
}

/// Ejects endpoints of whose calls too many fail (gRFC A50).
public struct FailurePercentageEjection: Hashable, Sendable {
  /// The share of failures, in percent, above which an endpoint is an outlier, 0 to 100.
  public var threshold = 85
  /// How many of a hundred outliers are in truth ejected, 0 to 100.
  public var enforcementPercentage = 100
  /// How many endpoints with enough calls it takes to judge.
  public var minimumHosts = 5
  /// How many calls in an interval are enough.
  public var requestVolume = 50

  /// gRFC A50's defaults.
  public init() {}
}

extension OutlierDetectionConfig {
  init(_ node: ConfigNode) throws(ServiceConfigError) {
    // gRFC A50 allows an interval of zero. Here that would be a timer that is always due.
    if let interval = try node.member("interval") {
      self.interval = try interval.positiveDuration()
    }
    if let time = try node.member("baseEjectionTime") { baseEjectionTime = try time.duration() }
    if let time = try node.member("maxEjectionTime") { maxEjectionTime = try time.duration() }
    try node.set(&maxEjectionPercent, "maxEjectionPercent", in: 0...100)
    if let ejection = try node.member("successRateEjection") {
      successRate = try SuccessRateEjection(ejection)
    }
    if let ejection = try node.member("failurePercentageEjection") {
      failurePercentage = try FailurePercentageEjection(ejection)
    }
  }
}

extension SuccessRateEjection {
  fileprivate init(_ node: ConfigNode) throws(ServiceConfigError) {
    try node.set(&stdevFactor, "stdevFactor", in: ConfigNode.counts)
    try node.set(&enforcementPercentage, "enforcementPercentage", in: 0...100)
    try node.set(&minimumHosts, "minimumHosts", in: ConfigNode.counts)
    try node.set(&requestVolume, "requestVolume", in: ConfigNode.counts)
  }
}

extension FailurePercentageEjection {
  fileprivate init(_ node: ConfigNode) throws(ServiceConfigError) {
    try node.set(&threshold, "threshold", in: 0...100)
    try node.set(&enforcementPercentage, "enforcementPercentage", in: 0...100)
    try node.set(&minimumHosts, "minimumHosts", in: ConfigNode.counts)
    try node.set(&requestVolume, "requestVolume", in: ConfigNode.counts)
  }
}

extension ConfigNode {
  fileprivate static let counts = 0...Int(UInt32.max)

  /// Leaves the default in place when the member is absent.
  fileprivate func set(
    _ value: inout Int, _ name: String, in range: ClosedRange<Int>
  ) throws(ServiceConfigError) {
    if let node = try member(name) { value = try node.integer(in: range) }
  }
}
