internal import HTTP2
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RPCCore
internal import RPCPolicy
internal import RPCWire

/// What an `HTTP2Channel` is on its event loop: the addresses of its target, who is next among them, and the attempts
/// that wait for one.
///
///     call ──▶ attempt ──pick──▶ subchannel ──room──▶ connection ──▶ stream
///
/// `@unchecked Sendable`: touched on its event loop only.
final class ChannelCore: @unchecked Sendable {
  private enum State {
    /// No connections are wanted, since there were no calls yet, or none for long.
    case idle
    case active
    /// Takes no more calls.
    case closing(EventLoopPromise<Void>)
    case closed
  }

  let eventLoop: any EventLoop
  let executor: LoopExecutor
  let target: ChannelTarget
  let connector: ClientConnector
  let configuration: HTTP2Channel.Configuration
  let requestHeads: RequestHeads
  private(set) var serviceConfig: ServiceConfig { didSet { readServiceConfig() } }
  // What every call asks of the config, which is large to look at.
  private var detectsOutliers = false
  private var saysOfMethods = false
  private(set) var throttle: RetryThrottle?
  private(set) var keepalive: KeepaliveConfig?
  var random = SplitMix64()

  private var state = State.idle
  private var balancer: Balancer
  private var subchannels: [EndpointID: Subchannel] = [:]
  /// Those of addresses that are no longer the target's, until their calls are over.
  private var leaving: [Subchannel] = []
  /// Those of `subchannels`, as the resolver has them.
  private var order: [EndpointID] = []
  private var nextID = 0
  private let waiting = AttemptQueue()
  private var resolution: Resolution?
  private var balancerAlarm: Alarm?
  private var idleAlarm: Alarm?
  private var runningCount = 0
  private(set) var lastFailure: RPCError?

  init(
    eventLoop: any EventLoop, target: ChannelTarget, connector: ClientConnector,
    configuration: HTTP2Channel.Configuration
  ) {
    self.eventLoop = eventLoop
    self.target = target
    self.connector = connector
    self.configuration = configuration
    executor = LoopExecutor(eventLoop: eventLoop)
    requestHeads = connector.requestHeads(configuration)
    serviceConfig = configuration.serviceConfig
    throttle = serviceConfig.retryThrottling.map { RetryThrottle($0) }
    keepalive = configuration.keepalive
    balancer = Balancer(
      policy: serviceConfig.balancing, outlierDetection: serviceConfig.outlierDetection)
    readServiceConfig()
  }

  private func readServiceConfig() {
    detectsOutliers = serviceConfig.outlierDetection != nil
    saysOfMethods = serviceConfig.hasMethodConfigs
  }

  var timers: LoopTimers { executor.timers }

  /// Runs on the loop, at once if this is it.
  func run(_ action: @escaping @Sendable () -> Void) {
    executor.runNow(action)
  }

  // MARK: Calls

  /// Takes a call on.
  ///
  /// - Parameter request: the only one; nil when they are written one by one
  func begin(_ call: ClientCall, _ request: [UInt8]?) {
    // Cancelled before it came here.
    if call.hasEnded { return }
    // What asks about one address is none of the channel's calls: it keeps nothing from closing, and no config
    // is meant for it.
    if call.pinned != nil { return call.begin(MethodConfig(), request) }
    call.isCounted = true
    runningCount += 1
    switch state {
    case .closing, .closed:
      return call.end(RPCError(.unavailable, "the channel is closed"))
    case .idle:
      becomeActive()
    case .active:
      break
    }
    call.begin(
      saysOfMethods ? serviceConfig.methodConfig(for: call.method) : MethodConfig(), request)
  }

  /// A call has its end.
  func callEnded() {
    runningCount -= 1
    guard runningCount == 0 else { return }
    if case .closing = state { return closeIfDone() }
    guard let wait = configuration.idleTimeout else { return }
    lastUse = .now
    if idleAlarm?.isSet ?? false { return }
    let alarm = idleAlarm ?? Alarm { [weak self] in self?.goIdleIfUnused() }
    idleAlarm = alarm
    timers.set(alarm, in: wait)
  }

  private var lastUse = ContinuousClock.now

  private func goIdleIfUnused() {
    guard let wait = configuration.idleTimeout, runningCount == 0, case .active = state else {
      return
    }
    let due = lastUse + wait
    if ContinuousClock.now < due, let idleAlarm { return timers.set(idleAlarm, at: due) }
    // Who hears that connections are gone would make others.
    state = .idle
    balancerAlarm.map { timers.clear($0) }
    for subchannel in subchannels.values { subchannel.disconnect() }
  }

  private var isIdle: Bool { if case .idle = state { true } else { false } }

  private func becomeActive() {
    state = .active
    // The balancer from before has not heard what has become of the connections.
    beginBalancing()
    resolveAgain()
  }

  /// Takes down what a call's end says of the server as a whole.
  func note(_ effect: ThrottleEffect) {
    if effect != .none { throttle?.record(effect) }
  }

  /// An attempt on that address has ended.
  func ended(on id: EndpointID, _ code: StatusCode) {
    guard detectsOutliers else { return }
    balancer.callEnded(on: id, code: code, now: .now)
  }

  /// Finds an address for an attempt, or lets it wait until there is one.
  func place(_ attempt: ClientAttempt) {
    guard let call = attempt.call, !attempt.machine.isFinished else { return }
    if let pinned = call.pinned { return pinned.submit(attempt) }
    let pick = balancer.pick(load: { subchannels[$0]?.runningCount ?? .max }, using: &random)
    switch pick {
    case .use(let id):
      guard let subchannel = subchannels[id] else { return waiting.append(attempt) }
      subchannel.submit(attempt)
    case .wait:
      waiting.append(attempt)
      if balancer.state == .idle { apply(balancer.exitIdle(now: .now)) }
    case .fail:
      if call.waitsForReady { return waiting.append(attempt) }
      let error = lastFailure ?? RPCError(.unavailable, "no address of \(target) can be reached")
      attempt.act(attempt.machine.couldNotBeSent(error))
    }
  }

  /// Tries again for what waits, when the choice may be another.
  private func placeWaiting() {
    guard waiting.count > 0 else { return }
    for attempt in waiting.takeAll() { place(attempt) }
  }

  /// Where an attempt waits, for the error of a call whose deadline has passed.
  func placeOfWait(of attempt: ClientAttempt?) -> String {
    guard let attempt, attempt.stream == nil else { return "" }
    if attempt.subchannel != nil { return " before the server allowed another stream" }
    return " before there was a connection to \(target)"
      + (lastFailure.map { ": \($0.message)" } ?? "")
  }

  // MARK: Addresses

  private func resolve() {
    guard resolution == nil else { return }
    let resolution = Resolution()
    self.resolution = resolution
    let resolver = configuration.resolver ?? target.resolver
    Task { [self] in
      let result: Result<ResolvedAddresses, any Error>
      do { result = .success(try await resolver.resolve()) } catch { result = .failure(error) }
      eventLoop.execute { [self] in resolved(result, resolution) }
    }
  }

  /// Whether there are calls to find a server for, or may be.
  private var wantsAddresses: Bool {
    switch state {
    case .idle, .closed: false
    case .active: true
    case .closing: runningCount > 0
    }
  }

  private func resolveAgain() {
    guard wantsAddresses else { return }
    if let resolution { resolution.isWantedAgain = true } else { resolve() }
  }

  private func resolved(_ result: Result<ResolvedAddresses, any Error>, _ resolution: Resolution) {
    if case .closed = state { return }
    var pause = configuration.resolutionPause
    switch result {
    case .success(let found) where !found.addresses.isEmpty:
      if let json = found.serviceConfig { adopt(json) }
      adopt(found.addresses)
    case .success, .failure:
      var reason = "there are none"
      if case .failure(let error) = result { reason = "\(error)" }
      noAddresses(reason)
      if subchannels.isEmpty {
        resolution.isWantedAgain = true
        pause = min(pause, .seconds(1))
      }
    }
    let alarm = Alarm { [weak self] in self?.resolutionPauseIsOver(resolution) }
    resolution.alarm = alarm
    timers.set(alarm, in: pause)
    executor.runPass()
  }

  private func resolutionPauseIsOver(_ resolution: Resolution) {
    self.resolution = nil
    if resolution.isWantedAgain, wantsAddresses { resolve() }
  }

  private func noAddresses(_ reason: String) {
    let error = RPCError(.unavailable, "no addresses of \(target): \(reason)")
    configuration.logger.debug("\(error)")
    guard subchannels.isEmpty else { return }
    lastFailure = error
    for attempt in waiting.takeAll() {
      if attempt.call?.waitsForReady ?? false {
        waiting.append(attempt)
      } else {
        attempt.act(attempt.machine.couldNotBeSent(error))
      }
    }
  }

  private func adopt(_ addresses: [Endpoint]) {
    var known: [Endpoint: Subchannel] = [:]
    for subchannel in subchannels.values { known[subchannel.address] = subchannel }
    var next: [EndpointID: Subchannel] = [:]
    order = []
    var seen: Set<Endpoint> = []
    for address in addresses where seen.insert(address).inserted {
      let subchannel = known.removeValue(forKey: address) ?? makeSubchannel(address)
      next[subchannel.id] = subchannel
      order.append(subchannel.id)
    }
    subchannels = next
    let gone = Array(known.values)
    leaving += gone
    if !isIdle { tellAddresses() }
    for subchannel in gone { subchannel.shutDown() }
    leaving.removeAll { !$0.hasConnections }
    placeWaiting()
  }

  private func tellAddresses() {
    let families = order.compactMap { subchannels[$0]?.address.family }
    apply(balancer.addressesChanged(order, families: families, now: .now, using: &random))
  }

  private func makeSubchannel(_ address: Endpoint) -> Subchannel {
    nextID += 1
    return Subchannel(id: EndpointID(nextID), address: address, channel: self)
  }

  // MARK: Connections

  func stateChanged(of subchannel: Subchannel) {
    guard subchannels[subchannel.id] === subchannel, !isIdle else { return }
    if let failure = subchannel.lastFailure { lastFailure = failure }
    apply(balancer.stateChanged(subchannel.id, subchannel.state, now: .now))
    placeWaiting()
  }

  private func apply(_ actions: BalancerActions) {
    if let wait = actions.timer {
      let alarm = balancerAlarm ?? Alarm { [weak self] in self?.balancerDue() }
      balancerAlarm = alarm
      timers.set(alarm, in: wait)
    }
    if actions.cancelTimer { balancerAlarm.map { timers.clear($0) } }
    for id in actions.connect { subchannels[id]?.connect() }
    for id in actions.disconnect { subchannels[id]?.disconnect() }
    if actions.reresolve { resolveAgain() }
  }

  private func balancerDue() {
    apply(balancer.timerFired(now: .now, using: &random))
    placeWaiting()
  }

  /// A connection is gone, of whatever kind.
  func connectionClosed() {
    leaving.removeAll { !$0.hasConnections }
    closeIfDone()
  }

  /// The server has found our PINGs too many: all new connections send half as many (C4).
  func slowKeepalive() {
    keepalive?.tooManyPings()
    if let keepalive {
      configuration.logger.warning(
        "the server says too_many_pings: keepalive time is \(keepalive.time) from now on")
    }
  }

  // MARK: Service config

  /// Takes another service config; one that is not valid changes nothing (gRFC A21).
  func adopt(_ json: String) {
    do throws(ServiceConfigError) {
      adopt(try ServiceConfig(json: json))
    } catch {
      configuration.logger.warning(
        "the service config is not valid, the one before stays: \(error)")
    }
  }

  func adopt(_ config: ServiceConfig) {
    guard config != serviceConfig else { return }
    let before = serviceConfig
    serviceConfig = config
    throttle = config.retryThrottling.map { throttle?.adopting($0) ?? RetryThrottle($0) }
    if config.healthCheckServiceName != before.healthCheckServiceName {
      for subchannel in subchannels.values { subchannel.healthCheckChanged() }
    }
    guard
      config.balancing != before.balancing || config.outlierDetection != before.outlierDetection
    else { return }
    if !isIdle { beginBalancing() }
  }

  /// Chooses anew among the addresses there are.
  private func beginBalancing() {
    balancer = Balancer(
      policy: serviceConfig.balancing, outlierDetection: serviceConfig.outlierDetection)
    guard !order.isEmpty else { return }
    tellAddresses()
    for subchannel in order.compactMap({ subchannels[$0] }) where subchannel.state != .idle {
      apply(balancer.stateChanged(subchannel.id, subchannel.state, now: .now))
    }
    placeWaiting()
  }

  // MARK: The end

  /// Takes no new calls; the promise is kept when the last call has ended and the connections are closed.
  func close(_ promise: EventLoopPromise<Void>) {
    switch state {
    case .idle, .active:
      state = .closing(promise)
      closeIfDone()
    case .closing(let before): before.futureResult.cascade(to: promise)
    case .closed: promise.succeed()
    }
  }

  private func closeIfDone() {
    guard case .closing(let promise) = state, runningCount == 0 else { return }
    for subchannel in subchannels.values { subchannel.shutDown() }
    leaving += subchannels.values
    subchannels = [:]
    order = []
    // No call is left, so what still lies on a connection is of calls that were ended.
    for subchannel in leaving { subchannel.closeConnections() }
    leaving.removeAll { !$0.hasConnections }
    guard leaving.isEmpty else { return }
    state = .closed
    resolution?.alarm.map { timers.clear($0) }
    balancerAlarm.map { timers.clear($0) }
    idleAlarm.map { timers.clear($0) }
    promise.succeed()
  }
}
