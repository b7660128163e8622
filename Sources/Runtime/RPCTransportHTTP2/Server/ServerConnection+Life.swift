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
  /// Which header block that is for, and whether a PING asks for its end.
  var headerBlockNumber = 0
  var asksForBlockEnd = false
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
  /// How fast requests come that are not complete, all of them; nil while there are none.
  var requestPace: Pace?
  var responses: ResponsePatience
  /// When a keepalive PING went out that has not come back.
  var pingedAt: ContinuousClock.Instant?

  init(_ limits: HTTP2Server.Limits) {
    responses = ResponsePatience(
      time: limits.stallTime, largeByteCount: limits.byteCountMin(in: limits.stallTime))
  }
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
    let isRequestDue = watchRequests(at: now)
    let isResponseDue = watchResponses(at: now)
    if let since = life.unwritableSince, since.duration(to: now) > limits.stallTime {
      handler?.abandon(reason: "the client takes no bytes")
    } else if isRequestDue || isResponseDue || life.unwritableSince != nil {
      watchCalls()
    }
  }

  /// A client may take its time, but it must take something, and of more than a stream may have waiting as
  /// much as a bad link carries.
  ///
  /// - Returns: whether any waits
  private func watchResponses(at now: ContinuousClock.Instant) -> Bool {
    let largeMin = limits.unsentByteCountMaxPerCall
    var isAnyWaiting = false
    life.responses.beginLook(
      sentByteCount: session.sentByteCount, isLarge: session.outboundByteCount > largeMin, at: now)
    for stream in session.liveStreams where stream.outboundByteCount > 0 {
      isAnyWaiting = true
      // A handler that is still writing goes on as slowly as its client reads, as long as it holds up nobody.
      let isWritten = (call(of: stream)?.machine.hasEnded ?? true) || !waitingForRoom.isEmpty
      let waiting = ResponsePatience.Stream(
        id: stream.id, sentByteCount: stream.sentByteCount,
        isLarge: isWritten && stream.outboundByteCount > largeMin,
        hasWindow: session.sendWindowByteCount(of: stream) > 0)
      guard life.responses.isOver(waiting, at: now) else { continue }
      session.reset(stream, .cancel)
      setNeedsFlush()
    }
    if life.responses.endLook(isAnyWaiting: isAnyWaiting, at: now) {
      session.ping(Self.arrivalPing)
      setNeedsFlush()
    }
    return isAnyWaiting
  }

  /// Requests must come at some pace, single ones from their head on, streamed ones from their first byte on:
  /// each by itself, or all together, since those of one link wait for each other.
  ///
  /// - Returns: whether any is to come
  private func watchRequests(at now: ContinuousClock.Instant) -> Bool {
    let calls = Array(
      session.liveStreams.lazy.compactMap { self.call(of: $0) }.filter(\.isRequestDue))
    if calls.isEmpty {
      life.requestPace = nil
      return false
    }
    var pace = life.requestPace ?? Pace(at: now, byteCount: arrivedByteCount)
    let areKept = pace.observe(
      arrivedByteCount, at: now, least: limits.byteCountMin(in: limits.requestTime),
      in: limits.requestTime)
    life.requestPace = pace
    for call in calls where !isInTime(call, areAllKept: areKept, at: now) {
      fail(call, RPCError(.deadlineExceeded, "the request came too slowly"), reset: .noError)
    }
    return true
  }

  private func isInTime(
    _ call: ServerStream, areAllKept: Bool, at now: ContinuousClock.Instant
  ) -> Bool {
    // While we keep back the credit of the connection or of the stream, it is not the client who is slow.
    if withheldByteCount > 0 && session.receiveWindowByteCount <= 0 || call.isRequestHeldBack {
      call.requestBegan(at: now)
      return true
    }
    let isKept = call.requestPace.observe(
      call.arrivedByteCount, at: now, least: limits.byteCountMin(in: limits.requestTime),
      in: limits.requestTime)
    return isKept || areAllKept && call.requestSince.duration(to: now) <= limits.longestRequestTime
  }

  /// The socket takes no more for now, or takes again.
  func writabilityChanged(isWritable: Bool) {
    life.unwritableSince = isWritable ? nil : .now
    if !isWritable { watchCalls() }
  }

  /// A read has been handled.
  func readHandled() {
    if life.headerBlock == nil, !session.isInHeaderBlock { return }
    if !session.isInHeaderBlock || life.headerBlockNumber != session.headerBlockNumber {
      if let alarm = life.headerBlock { executor.timers.clear(alarm) }
      life.headerBlock = nil
      life.asksForBlockEnd = false
    }
    if session.isInHeaderBlock { watchHeaderBlock() }
  }

  private func watchHeaderBlock() {
    if life.headerBlock == nil {
      life.headerBlockNumber = session.headerBlockNumber
      life.headerBlock = alarm(in: limits.headerBlockTime) { [weak self] in
        self?.handler?.close(reason: "a header block did not end in time")
      }
    }
    // Nobody tells when a block ends that is not read; the answer to a PING can only come behind it.
    if session.isHeaderBlockIgnored, !life.asksForBlockEnd {
      life.asksForBlockEnd = true
      session.ping(Self.blockPing)
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
    switch payload {
    case Self.drainPing: sendFinalGoAway()
    case Self.arrivalPing: life.responses.pingAnswered()
    default: break
    }
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
  private static let arrivalPing: UInt64 = 0x6172_7269_7600_0001
  private static let blockPing: UInt64 = 0x626C_6F63_6B00_0001
}
