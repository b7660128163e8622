internal import HTTP2
internal import Logging
internal import NIOCore
internal import RPCCore
internal import RPCPolicy
internal import RPCWire

/// One address of a channel's target: the connections to it, and the attempts that wait for room on them.
///
///     idle ──connect──▶ connecting ──settings──▶ ready ──last connection gone──▶ idle
///                            └──failed──▶ transientFailure ──backoff over──▶ idle
///
/// A connection that has as many calls as the server allows is joined by another, up to a limit; the first with
/// room is used, so that those made for a rush fall idle and are closed. With health checking it is ready
/// only while the server says that it serves.
final class Subchannel: @unchecked Sendable {
  // `@unchecked`: touched on its channel's loop only.

  let id: EndpointID
  let address: Endpoint
  // A circle with the channel, which its end breaks.
  private let channel: ChannelCore
  private let queue = AttemptQueue()

  private(set) var state = ConnectivityState.idle
  private var usable: [ClientConnection] = []
  private var draining: [ClientConnection] = []
  private var connecting: ClientConnection?
  private var backoff: Backoff
  private var retryAlarm: Alarm?
  private var health: HealthWatch?
  private(set) var lastFailure: RPCError?
  private var isShutDown = false

  /// Attempts that were given to it and are not over.
  private(set) var runningCount = 0

  init(id: EndpointID, address: Endpoint, channel: ChannelCore) {
    self.id = id
    self.address = address
    self.channel = channel
    backoff = channel.configuration.backoff
  }

  // MARK: Attempts

  /// Sends the attempt, or lets it wait for room.
  func submit(_ attempt: ClientAttempt) {
    runningCount += 1
    attempt.subchannel = self
    if queue.count == 0, start(attempt) { return }
    queue.append(attempt)
    connectForQueue()
  }

  private func start(_ attempt: ClientAttempt) -> Bool {
    for connection in usable where connection.hasRoom {
      let isFirst = !connection.hasCarriedCalls
      guard connection.start(attempt) else { continue }
      // Only now is it sure that the server lets anybody stay.
      if isFirst { backoff.reset() }
      return true
    }
    return false
  }

  /// Sends what waits, as far as there is room.
  func sendWaiting() {
    while queue.count > 0, usable.contains(where: { $0.hasRoom }), let attempt = queue.popFirst() {
      if !start(attempt) {
        // The connection has just learnt that it takes no more.
        return giveBack([attempt] + queue.takeAll())
      }
    }
  }

  func roomCame(on connection: ClientConnection) {
    if queue.count > 0 { return sendWaiting() }
    if connection.runningCount == 0, usable.count > 1 { closeIfStillUnused(connection) }
  }

  /// A connection made for a rush is kept for a while, and closed if it is not needed again.
  private func closeIfStillUnused(_ connection: ClientConnection) {
    connection.unusedSince = .now
    if connection.unusedAlarm?.isSet ?? false { return }
    let alarm =
      connection.unusedAlarm
      ?? Alarm { [weak self, weak connection] in
        if let self, let connection { closeIfUnusedForLong(connection) }
      }
    connection.unusedAlarm = alarm
    channel.timers.set(alarm, in: channel.configuration.extraConnectionIdleTime)
  }

  private func closeIfUnusedForLong(_ connection: ClientConnection) {
    guard connection.runningCount == 0, usable.count > 1,
      let index = usable.firstIndex(where: { $0 === connection })
    else { return }
    let due = connection.unusedSince + channel.configuration.extraConnectionIdleTime
    if ContinuousClock.now < due, let alarm = connection.unusedAlarm {
      return channel.timers.set(alarm, at: due)
    }
    usable.remove(at: index)
    draining.append(connection)
    connection.close(reason: "the rush is over")
  }

  /// An attempt that was given to it is over.
  ///
  /// - Parameter code: how, if that says anything of the server
  func attemptEnded(_ code: StatusCode?) {
    runningCount -= 1
    if let code { channel.ended(on: id, code) }
  }

  /// Lets the channel choose again for attempts that cannot be sent here.
  private func giveBack(_ attempts: [ClientAttempt]) {
    for attempt in attempts {
      runningCount -= 1
      attempt.subchannel = nil
      channel.place(attempt)
    }
  }

  /// As many as wait; one more connection when those there are are full.
  private func connectForQueue() {
    guard state == .ready, connecting == nil, queue.count > 0, retryAlarm == nil,
      usable.count < channel.configuration.connectionCountMaxPerAddress
    else { return }
    makeConnection()
  }

  // MARK: Connections

  /// Makes a connection if there is none.
  func connect() {
    if isShutDown { return }
    switch state {
    case .idle:
      move(to: .connecting)
      if connecting == nil { makeConnection() }
    case .ready:
      // Whoever asks has not heard of it.
      channel.stateChanged(of: self)
    case .connecting, .transientFailure, .shutdown:
      break
    }
  }

  private func makeConnection() {
    let configuration = channel.configuration
    let connection = ClientConnection(
      heads: channel.requestHeads, limits: configuration.callLimits, owner: self)
    connecting = connection
    channel.connector.connect(connection, to: address, channel).whenFailure { [self] error in
      failed(connection, ConnectionFailure.reason(error))
    }
  }

  /// The connection is up, TLS included, and the server has said its settings.
  func opened(_ connection: ClientConnection) {
    // Nobody waits for it any more: another address was faster, or the channel is closed.
    guard connecting === connection else { return connection.close() }
    connecting = nil
    if state == .idle {
      draining.append(connection)
      return connection.close()
    }
    lastFailure = nil
    if let config = channel.keepalive {
      connection.keepalive = ClientKeepalive(config, of: connection, timers: channel.timers)
    }
    usable.append(connection)
    if state == .ready {
      sendWaiting()
      connectForQueue()
      if connection.runningCount == 0 { closeIfStillUnused(connection) }
    } else if let service = channel.serviceConfig.healthCheckServiceName {
      health = HealthWatch(service: service, subchannel: self, channel: channel)
      health?.begin()
    } else {
      becameReady()
    }
  }

  /// Another service's health counts from now on, or none does.
  func healthCheckChanged() {
    guard !usable.isEmpty else { return }
    health?.end()
    health = nil
    guard let service = channel.serviceConfig.healthCheckServiceName else { return becameReady() }
    health = HealthWatch(service: service, subchannel: self, channel: channel)
    health?.begin()
  }

  /// The server serves.
  func becameReady() {
    guard !usable.isEmpty else { return }
    move(to: .ready)
    sendWaiting()
  }

  /// The server says that it does not serve.
  func becameUnhealthy(_ reason: String) {
    guard !usable.isEmpty else { return }
    lastFailure = RPCError(.unavailable, "\(address) is not healthy: \(reason)")
    move(to: .transientFailure)
    giveBack(queue.takeAll())
  }

  /// The connection takes no more calls, but finishes those it has.
  func drained(_ connection: ClientConnection, hasPingedTooOften: Bool) {
    if hasPingedTooOften { channel.slowKeepalive() }
    guard let index = usable.firstIndex(where: { $0 === connection }) else { return }
    usable.remove(at: index)
    draining.append(connection)
    pauseIfNobodyMayStay(connection, "it takes no calls")
    lostOne()
  }

  /// A server that lets nobody stay is not to be asked again at once.
  private func pauseIfNobodyMayStay(_ connection: ClientConnection, _ reason: String) {
    guard usable.isEmpty, !connection.hasCarriedCalls, retryAlarm == nil else { return }
    lastFailure = RPCError(.unavailable, "\(address) ended the connection: \(reason)")
    pause()
  }

  /// The connection is gone.
  func closed(_ connection: ClientConnection, reason: String) {
    draining.removeAll { $0 === connection }
    if connecting === connection { return failed(connection, reason) }
    if let index = usable.firstIndex(where: { $0 === connection }) {
      usable.remove(at: index)
      pauseIfNobodyMayStay(connection, reason)
      lostOne()
    }
    channel.connectionClosed()
  }

  private func lostOne() {
    if !usable.isEmpty { return connectForQueue() }
    health?.end()
    health = nil
    let waiting = queue.takeAll()
    // During the pause after a failure nothing can be had here; the pause's end makes it idle.
    move(to: retryAlarm == nil ? .idle : .transientFailure)
    giveBack(waiting)
  }

  private func failed(_ connection: ClientConnection, _ reason: String) {
    guard connecting === connection else { return }
    connecting = nil
    let error = RPCError(.unavailable, "cannot connect to \(address): \(reason)")
    channel.configuration.logger.debug("\(error)")
    lastFailure = error
    pause()
    guard usable.isEmpty else { return }
    let waiting = queue.takeAll()
    move(to: .transientFailure)
    giveBack(waiting)
  }

  private func pause() {
    retryAlarm.map { channel.timers.clear($0) }
    let alarm = Alarm { [weak self] in self?.pauseIsOver() }
    retryAlarm = alarm
    channel.timers.set(alarm, in: backoff.next(using: &channel.random))
  }

  private func pauseIsOver() {
    retryAlarm = nil
    if usable.isEmpty { move(to: .idle) } else { connectForQueue() }
  }

  /// Makes no more connections, and closes those there are when their calls are over.
  func shutDown() {
    guard !isShutDown else { return }
    isShutDown = true
    retryAlarm.map { channel.timers.clear($0) }
    retryAlarm = nil
    health?.end()
    health = nil
    let open = usable
    draining += open
    usable = []
    giveBack(queue.takeAll())
    for connection in open { connection.close() }
    let wanted = connecting
    connecting = nil
    wanted?.abandon(reason: "the client is done")
    state = .shutdown
  }

  /// The balancer has chosen another address: stops trying, and closes what there is when its calls are over.
  func disconnect() {
    if let connecting {
      self.connecting = nil
      connecting.abandon(reason: "another address was faster")
    }
    if state == .connecting || !usable.isEmpty { goIdle() }
  }

  private func goIdle() {
    let waiting = queue.takeAll()
    let open = usable
    usable = []
    draining += open
    health?.end()
    health = nil
    for connection in open { connection.close(reason: "the channel is idle") }
    move(to: .idle)
    giveBack(waiting)
  }

  /// Closes what is left, whatever lies on it.
  func closeConnections() {
    for connection in draining { connection.closeNow() }
  }

  /// Whether there is a connection that calls can be sent on.
  var isConnected: Bool { !usable.isEmpty }

  /// Whether any connection is left, of whatever kind.
  var hasConnections: Bool { !usable.isEmpty || !draining.isEmpty || connecting != nil }

  private func move(to next: ConnectivityState) {
    guard state != next, !isShutDown else { return }
    state = next
    channel.stateChanged(of: self)
  }
}
