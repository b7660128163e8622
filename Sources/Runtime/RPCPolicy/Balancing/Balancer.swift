public import RPCCore

/// Which endpoints a channel is connected to, and which of them a call goes to.
///
/// The transport owns the connections: each tells what becomes of it, waits after a failure by its own
/// ``Backoff`` and is then idle again, and is not asked to hurry. An endpoint that is connected but not
/// healthy (gRFC A17) is told as ``ConnectivityState/transientFailure``.
///
/// Outliers (gRFC A50) are left out by round_robin and least_request. pick_first has one endpoint only,
/// and so nothing to compare (gRFC A61).
///
/// Sources: gRFCs A48, A50, A61, A62; gRPC `doc/load-balancing.md`. Belongs to one channel, which
/// calls it from one place at a time. ``pick(load:using:)`` and ``callEnded(on:code:now:)`` allocate nothing.
public struct Balancer: ~Copyable, Sendable {
  private let policy: BalancingPolicy
  private var strategy: BalancingStrategy
  private var detector: OutlierDetector?
  /// When endpoints are judged next.
  private var judgementDue: ContinuousClock.Instant?
  /// When the transport's timer fires; nil when none is set.
  private var timerDue: ContinuousClock.Instant?
  /// The strategy's, kept at hand for `pick`.
  private var ready: [EndpointID] = []
  /// Whose turn it is, not yet reduced to the count; drawn at the first call, so that clients that start
  /// together do not all begin with the same endpoint.
  private var turn: Int?

  /// The state of the channel: CONNECTING until there are addresses.
  public private(set) var state = ConnectivityState.connecting

  /// - Parameters:
  ///   - policy: how calls are spread
  ///   - outlierDetection: when endpoints are left out; nil for never
  public init(policy: BalancingPolicy, outlierDetection: OutlierDetectionConfig?) {
    self.policy = policy
    strategy = BalancingStrategy(policy)
    if case .pickFirst = policy { return }
    if let outlierDetection, outlierDetection.isActive {
      detector = OutlierDetector(outlierDetection)
    }
  }

  /// The resolver has a list of addresses, the first or a new one.
  ///
  /// - Parameters:
  ///   - endpoints: the addresses in the resolver's order; one that is there twice counts once
  ///   - families: of each endpoint, in the same order; empty when they do not matter
  public mutating func addressesChanged(
    _ endpoints: [EndpointID], families: [AddressFamily] = [], now: ContinuousClock.Instant,
    using random: inout some RandomNumberGenerator
  ) -> BalancerActions {
    precondition(
      families.isEmpty || families.count == endpoints.count, "every endpoint has a family")
    var actions = BalancerActions(state: state)
    let ids = AddressOrder.unique(ordered(endpoints, families, using: &random))
    strategy.addressesChanged(ids, now: now, &actions)
    if detector != nil {
      detector?.addressesChanged(ids)
      judgementDue = ids.isEmpty ? nil : judgementDue ?? detector.map { now + $0.interval }
    }
    return finished(actions, now: now)
  }

  /// An endpoint has changed its state. Of one that is not in the list, nothing follows.
  public mutating func stateChanged(
    _ endpoint: EndpointID, _ state: ConnectivityState, now: ContinuousClock.Instant
  ) -> BalancerActions {
    var actions = BalancerActions(state: self.state)
    strategy.stateChanged(endpoint, state, now: now, &actions)
    return finished(actions, now: now)
  }

  /// The time set last is over. Early is allowed: what is not due stays.
  public mutating func timerFired(
    now: ContinuousClock.Instant, using random: inout some RandomNumberGenerator
  ) -> BalancerActions {
    var actions = BalancerActions(state: state)
    timerDue = nil
    strategy.timerFired(now: now, &actions)
    if let due = judgementDue, due <= now, detector != nil {
      detector?.judge(now: now, using: &random)
      strategy.eject(only: detector?.ejected ?? [])
      judgementDue = detector.map { now + $0.interval }
    }
    return finished(actions, now: now)
  }

  /// A call came while the channel was idle, or somebody wants it connected beforehand.
  public mutating func exitIdle(now: ContinuousClock.Instant) -> BalancerActions {
    var actions = BalancerActions(state: state)
    strategy.exitIdle(now: now, &actions)
    return finished(actions, now: now)
  }

  /// Chooses where a call goes.
  ///
  /// - Parameter load: how many calls run on an endpoint; asked by least_request only
  public mutating func pick(
    load: (EndpointID) -> Int, using random: inout some RandomNumberGenerator
  ) -> Pick {
    switch state {
    case .idle, .connecting: return .wait
    case .transientFailure, .shutdown: return .fail
    case .ready: break
    }
    switch policy {
    case .pickFirst: return .use(ready[0])
    case .roundRobin:
      let turn = self.turn ?? Int.random(in: 0..<ready.count, using: &random)
      self.turn = (turn + 1) & Int.max
      return .use(ready[turn % ready.count])
    case .leastRequest(let choiceCount):
      return .use(leastBusy(of: choiceCount, load: load, using: &random))
    }
  }

  /// A call on an endpoint has ended; counts for outlier detection, for which every code but OK is a failure.
  ///
  /// - Parameter now: when; the interval it falls in ends with its timer, so nothing depends on it yet
  public mutating func callEnded(
    on endpoint: EndpointID, code: StatusCode, now: ContinuousClock.Instant
  ) {
    detector?.callEnded(on: endpoint, isSuccess: code == .ok)
  }

  /// Some drawn at random, one perhaps twice, and of those the least busy, the first of equals (gRFC A48).
  private func leastBusy(
    of choiceCount: Int, load: (EndpointID) -> Int, using random: inout some RandomNumberGenerator
  ) -> EndpointID {
    var best = ready[Int.random(in: 0..<ready.count, using: &random)]
    if ready.count == 1 { return best }
    var bestLoad = load(best)
    for _ in 1..<max(choiceCount, 2) {
      let other = ready[Int.random(in: 0..<ready.count, using: &random)]
      let otherLoad = load(other)
      if otherLoad < bestLoad { (best, bestLoad) = (other, otherLoad) }
    }
    return best
  }

  private func ordered(
    _ endpoints: [EndpointID], _ families: [AddressFamily],
    using random: inout some RandomNumberGenerator
  ) -> [EndpointID] {
    guard case .pickFirst(let shufflesAddresses) = policy else { return endpoints }
    let order =
      shufflesAddresses ? endpoints.indices.shuffled(using: &random) : Array(endpoints.indices)
    return AddressOrder.interleaved(
      order.map { endpoints[$0] }, families: families.isEmpty ? [] : order.map { families[$0] })
  }

  /// Takes over what the strategy has come to, and sets the timer if the next due time is another.
  private mutating func finished(
    _ actions: BalancerActions, now: ContinuousClock.Instant
  ) -> BalancerActions {
    var actions = actions
    ready = strategy.ready
    state = strategy.state
    actions.state = state
    let due = [strategy.timerDue, judgementDue].compactMap(\.self).min()
    guard due != timerDue else { return actions }
    timerDue = due
    if let due { actions.timer = max(due - now, .zero) } else { actions.cancelTimer = true }
    return actions
  }
}
