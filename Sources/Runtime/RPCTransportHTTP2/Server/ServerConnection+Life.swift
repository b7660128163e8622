internal import HTTP2
internal import NIOCore
internal import RPCCore
internal import RPCWire

/// What a connection waits for, beside its calls.
struct ConnectionLife {
  /// The handshake is done.
  var isOpen = false
  var isDraining = false
  var hasSentFinalGoAway = false
  /// What the last GOAWAY says beside its code; nothing for a server that stops.
  var drainReason: StaticString = ""
  /// The connection has not said all that must come first.
  var setup: Alarm?
  var headerBlock: Alarm?
  var drain: Alarm?
  var ageGrace: Alarm?
  /// The next look at what takes too long.
  var watch: Alarm?
  /// The next look at silence, idleness and age.
  var upkeep: Alarm?
  var openedAt = ContinuousClock.Instant.now
  var ageMax: Duration?
  /// When the last call ended, or the connection began; nil while there are calls.
  var idleSince: ContinuousClock.Instant?
  var unwritableSince: ContinuousClock.Instant?
  /// Streams, by their ids, whose bytes wait for the client, and how fast it takes them.
  var responsePaces: [Int32: Pace] = [:]
  /// When a keepalive PING went out that has not come back.
  var pingedAt: ContinuousClock.Instant?
}

// Patience with the peer, and the connection's own end.
extension ServerConnection {
  // MARK: Beginning

  func beginSetup() {
    life.setup = alarm(in: limits.setupTime) { [weak self] in
      guard let self else { return }
      let reason = "the client sent no SETTINGS in time"
      // A handshake that does not end would hold up what is to be written before the close.
      if life.isOpen { handler?.close(reason: reason) } else { handler?.abandon(reason: reason) }
    }
  }

  func endSetup() {
    guard let setup = life.setup else { return }
    executor.timers.clear(setup)
    life.setup = nil
    life.openedAt = .now
    if session.liveStreams.isEmpty { life.idleSince = life.openedAt }
    life.ageMax = limits.connectionAgeMax.map { $0 * Double.random(in: 0.9...1.1) }
    keepUp()
  }

  func endLife() {
    let alarms = [
      life.setup, life.headerBlock, life.drain, life.ageGrace, life.watch, life.upkeep,
    ]
    for case let alarm? in alarms { executor.timers.clear(alarm) }
    life.setup = nil
    life.headerBlock = nil
    life.drain = nil
    life.ageGrace = nil
    life.watch = nil
    life.upkeep = nil
  }

  private func alarm(in wait: Duration, _ action: @escaping () -> Void) -> Alarm {
    let alarm = Alarm(action)
    // A connection that is gone waits for nothing; it may be freed at any moment.
    if handler != nil { executor.timers.set(alarm, in: wait) }
    return alarm
  }

  // MARK: Watch

  /// How often what takes too long is looked for; a limit holds to within this.
  private static let watchInterval = Duration.seconds(1)

  /// Looks from now on, until there is nothing that can take too long.
  func watchCalls() {
    guard life.watch == nil, handler != nil else { return }
    life.watch = alarm(in: Self.watchInterval) { [weak self] in self?.watch() }
  }

  private func watch() {
    life.watch = nil
    let now = ContinuousClock.now
    let before = life.responsePaces
    life.responsePaces.removeAll(keepingCapacity: true)
    var isWorthWatching = false
    for stream in session.liveStreams {
      if stream.outboundByteCount > 0 {
        isWorthWatching = true
        watchResponse(of: stream, before[stream.id], at: now)
      }
      guard let call = call(of: stream), !call.machine.hasEnded else { continue }
      if watchRequest(of: call, at: now) { isWorthWatching = true }
    }
    if let since = life.unwritableSince {
      isWorthWatching = true
      if since.duration(to: now) > limits.stallTime {
        handler?.abandon(reason: "the client takes no bytes")
        return
      }
    }
    if isWorthWatching { watchCalls() }
  }

  /// A client may take its time, but it must take something, and of more than a stream may have waiting as
  /// much as a bad link carries.
  private func watchResponse(
    of stream: HTTP2Stream, _ before: Pace?, at now: ContinuousClock.Instant
  ) {
    let isLarge = stream.outboundByteCount > limits.unsentByteCountMaxPerCall
    var pace = before ?? Pace(at: now, byteCount: stream.sentByteCount)
    let isKept = pace.isKept(
      stream.sentByteCount, at: now, least: isLarge ? limits.byteCountMin(in: limits.stallTime) : 1,
      in: limits.stallTime)
    life.responsePaces[stream.id] = pace
    if isKept { return }
    session.reset(stream, .cancel)
    setNeedsFlush()
  }

  /// Single requests must come at some pace from their head on, streamed ones from their first byte on.
  ///
  /// - Returns: whether there is one to wait for
  private func watchRequest(of call: ServerStream, at now: ContinuousClock.Instant) -> Bool {
    if call.machine.isRequestComplete { return false }
    let hasOneRequest = call.head.method.kind.hasOneRequest
    guard hasOneRequest || call.machine.assemblingByteCount > 0 else { return false }
    // While we keep back the credit of the connection or of the stream, it is not the client who is slow.
    if withheldByteCount > 0 || !hasOneRequest && call.machine.waitingByteCount > 0 {
      call.requestPace = Pace(at: now, byteCount: call.arrivedByteCount)
      return true
    }
    let isKept = call.requestPace.isKept(
      call.arrivedByteCount, at: now, least: limits.byteCountMin(in: limits.requestTime),
      in: limits.requestTime)
    if isKept { return true }
    fail(call, RPCError(.deadlineExceeded, "the request came too slowly"), reset: .noError)
    return false
  }

  /// The socket takes no more for now, or takes again.
  func writabilityChanged(isWritable: Bool) {
    life.unwritableSince = isWritable ? nil : .now
    if !isWritable { watchCalls() }
  }

  /// A read has been handled.
  func readHandled() {
    if session.isInHeaderBlock {
      guard life.headerBlock == nil else { return }
      // Nobody tells when a block ends that is not read; the answer to a PING can only come behind it.
      if session.isHeaderBlockIgnored { session.ping(Self.blockPing) }
      life.headerBlock = alarm(in: limits.headerBlockTime) { [weak self] in
        self?.handler?.close(reason: "a header block did not end in time")
      }
    } else if let alarm = life.headerBlock {
      executor.timers.clear(alarm)
      life.headerBlock = nil
    }
  }

  // MARK: Upkeep

  /// A stream is open.
  func streamOpened() { life.idleSince = nil }

  /// A stream is closed; idleness runs from the end of the last (rule C5).
  func streamClosed() {
    guard limits.connectionIdleMax != nil, session.liveStreams.isEmpty else { return }
    life.idleSince = .now
  }

  /// Asks whether a silent client is still there, and tells one that is idle or old to leave.
  private func keepUp() {
    life.upkeep = nil
    guard let handler else { return }
    let now = ContinuousClock.now
    let next = min(keepAlive(handler, at: now), retireWhenDue(at: now) ?? .seconds(7_200))
    life.upkeep = alarm(in: next) { [weak self] in self?.keepUp() }
  }

  /// - Returns: when to look again; nil for never
  private func retireWhenDue(at now: ContinuousClock.Instant) -> Duration? {
    if life.isDraining { return nil }
    let untilOld = life.ageMax.map { $0 - life.openedAt.duration(to: now) }
    if let untilOld, untilOld <= .zero {
      retire("max_age")
      return nil
    }
    guard let idleMax = limits.connectionIdleMax else { return untilOld }
    // While calls run nobody knows when to look, so idleness is found within a quarter of it.
    let untilIdle = life.idleSince.map { idleMax - $0.duration(to: now) } ?? idleMax / 4
    if untilIdle <= .zero {
      retire("max_idle")
      return nil
    }
    return untilOld.map { min($0, untilIdle) } ?? untilIdle
  }

  /// - Returns: when to look again
  private func keepAlive(
    _ handler: SessionHandler<ServerConnection>, at now: ContinuousClock.Instant
  ) -> Duration {
    let readAt = self.now
    let silence = readAt.duration(to: now)
    if let pingedAt = life.pingedAt {
      if readAt >= pingedAt {
        life.pingedAt = nil
      } else if pingedAt.duration(to: now) >= limits.keepaliveTimeout {
        handler.close(reason: "the client does not answer PINGs")
        return limits.keepaliveTime
      } else {
        return limits.keepaliveTimeout - pingedAt.duration(to: now)
      }
    }
    guard silence >= limits.keepaliveTime else { return limits.keepaliveTime - silence }
    life.pingedAt = now
    session.ping(Self.keepalivePing)
    counts.keepalivesSentCount += 1
    setNeedsFlush()
    return limits.keepaliveTimeout
  }

  private func retire(_ reason: StaticString) {
    drain(reason: reason)
    guard let grace = limits.connectionAgeGrace else { return }
    life.ageGrace = alarm(in: grace) { [weak self] in
      self?.handler?.close(reason: "the calls of an old connection did not end in time")
    }
  }

  // MARK: End

  /// Takes no new calls; the connection closes when those that run have ended.
  func drain(reason: StaticString = "") {
    guard !life.isDraining else { return }
    life.isDraining = true
    life.drainReason = reason
    if life.isOpen, handler != nil { beginGoAway() }
  }

  /// Cancels what still runs and closes.
  func abort() { handler?.close(reason: "the server stopped") }

  // The first GOAWAY lets calls arrive that were under way; the PING's answer proves that the client
  // has read it, and the second GOAWAY then names the last call (rule C2).
  func beginGoAway() {
    session.announceShutdown(thenPing: Self.drainPing)
    setNeedsFlush()
    life.drain = alarm(in: limits.drainPingTime) { [weak self] in self?.sendFinalGoAway() }
  }

  func pingAcknowledged(_ payload: UInt64) {
    if payload == Self.drainPing { sendFinalGoAway() }
  }

  private func sendFinalGoAway() {
    guard life.isDraining, !life.hasSentFinalGoAway else { return }
    life.hasSentFinalGoAway = true
    if let alarm = life.drain { executor.timers.clear(alarm) }
    session.goAway(debugData: "\(life.drainReason)".utf8.map { $0 })
    setNeedsFlush()
  }

  private static let drainPing: UInt64 = 0x6472_6169_6e00_0001
  private static let keepalivePing: UInt64 = 0x6B65_6570_0000_0001
  private static let blockPing: UInt64 = 0x626C_6F63_6B00_0001
}
