internal import RPCCore

/// What one connection has counted, for those who look into a server.
struct ConnectionCounts {
  var streams = StartCounts()
  var sent = MessageCounts()
  var received = MessageCounts()
  var keepalivesSentCount = 0

  mutating func streamBegan(at now: ContinuousClock.Instant) {
    streams.startedCount += 1
    streams.lastStartedAt = now
  }

  mutating func messageSent(at now: ContinuousClock.Instant) {
    sent.count += 1
    sent.lastAt = now
  }

  mutating func messageReceived(at now: ContinuousClock.Instant) {
    received.count += 1
    received.lastAt = now
  }
}

extension StartCounts {
  /// Adds what another place has counted.
  mutating func add(_ other: StartCounts) {
    startedCount += other.startedCount
    succeededCount += other.succeededCount
    failedCount += other.failedCount
    guard let theirs = other.lastStartedAt else { return }
    lastStartedAt = lastStartedAt.map { max($0, theirs) } ?? theirs
  }

  /// One more has ended.
  mutating func ended(well: Bool) {
    if well { succeededCount += 1 } else { failedCount += 1 }
  }
}
