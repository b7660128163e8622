/// Counts the calls of each endpoint and leaves out those that fail more than the others (gRFC A50).
struct OutlierDetector: Sendable {
  private struct Record: Sendable {
    var successCount = 0
    var failureCount = 0
    /// How many base ejection times the last ejection takes; one less for each interval outside.
    var multiplier = 0
    var ejectedAt: ContinuousClock.Instant?

    var callCount: Int { successCount + failureCount }
    /// In percent; of an endpoint with calls.
    var successRate: Double { 100 * Double(successCount) / Double(callCount) }
  }

  private var records: [Record] = []
  private var indexes: [EndpointID: Int] = [:]
  private let config: OutlierDetectionConfig

  init(_ config: OutlierDetectionConfig) { self.config = config }

  var interval: Duration { config.interval }

  /// Those that are left out.
  var ejected: Set<EndpointID> {
    Set(indexes.filter { records[$0.value].ejectedAt != nil }.keys)
  }

  /// Records of endpoints that stay are kept.
  mutating func addressesChanged(_ ids: [EndpointID]) {
    let old = (records, indexes)
    records = ids.map { id in old.1[id].map { old.0[$0] } ?? Record() }
    indexes = Dictionary(uniqueKeysWithValues: zip(ids, records.indices))
  }

  /// Counts a call; one of an endpoint that is gone is forgotten.
  mutating func callEnded(on id: EndpointID, isSuccess: Bool) {
    guard let index = indexes[id] else { return }
    if isSuccess { records[index].successCount += 1 } else { records[index].failureCount += 1 }
  }

  /// Judges the interval that is over, and begins the next.
  mutating func judge(now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator)
  {
    let judged = records
    for index in records.indices {
      records[index].successCount = 0
      records[index].failureCount = 0
    }
    if let algorithm = config.successRate { judge(judged, algorithm, now: now, using: &random) }
    if let algorithm = config.failurePercentage {
      judge(judged, algorithm, now: now, using: &random)
    }
    for index in records.indices { forgive(index, now: now) }
  }

  private mutating func judge(
    _ judged: [Record], _ algorithm: SuccessRateEjection, now: ContinuousClock.Instant,
    using random: inout some RandomNumberGenerator
  ) {
    let busy = busy(judged, callCountMin: algorithm.requestVolume)
    guard !busy.isEmpty, busy.count >= algorithm.minimumHosts else { return }
    let rates = busy.map { judged[$0].successRate }
    let mean = rates.reduce(0, +) / Double(rates.count)
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count)
    let lowest = mean - variance.squareRoot() * Double(algorithm.stdevFactor) / 1000
    for index in busy where judged[index].successRate < lowest {
      eject(index, percent: algorithm.enforcementPercentage, now: now, using: &random)
    }
  }

  private mutating func judge(
    _ judged: [Record], _ algorithm: FailurePercentageEjection, now: ContinuousClock.Instant,
    using random: inout some RandomNumberGenerator
  ) {
    let busy = busy(judged, callCountMin: algorithm.requestVolume)
    guard busy.count >= algorithm.minimumHosts else { return }
    for index in busy where 100 - judged[index].successRate > Double(algorithm.threshold) {
      eject(index, percent: algorithm.enforcementPercentage, now: now, using: &random)
    }
  }

  /// Those with enough calls to judge by.
  private func busy(_ judged: [Record], callCountMin: Int) -> [Int] {
    judged.indices.filter { judged[$0].callCount >= max(callCountMin, 1) }
  }

  /// Ejects an outlier if no more than the allowed share is out; one always may be.
  ///
  /// The share is that of those who are out before, as gRFC A50 has it: of 15 endpoints at 10 %, two.
  /// One that is out stays as it is, for what its old calls did is known.
  private mutating func eject(
    _ index: Int, percent: Int, now: ContinuousClock.Instant,
    using random: inout some RandomNumberGenerator
  ) {
    guard records[index].ejectedAt == nil else { return }
    let outCount = records.count { $0.ejectedAt != nil }
    guard outCount == 0 || outCount * 100 < config.maxEjectionPercent * records.count else {
      return
    }
    guard Int.random(in: 0..<100, using: &random) < percent else { return }
    records[index].ejectedAt = now
    records[index].multiplier += 1
  }

  /// Takes back whose time is over, and shortens the next ejection of who behaved.
  private mutating func forgive(_ index: Int, now: ContinuousClock.Instant) {
    guard let ejectedAt = records[index].ejectedAt else {
      records[index].multiplier = max(records[index].multiplier - 1, 0)
      return
    }
    let longest = max(config.baseEjectionTime, config.maxEjectionTime)
    let time = min(config.baseEjectionTime * records[index].multiplier, longest)
    if now >= ejectedAt + time { records[index].ejectedAt = nil }
  }
}
