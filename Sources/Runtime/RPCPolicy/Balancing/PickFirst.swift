/// pick_first: one connection, to the first address that can be reached (gRFCs A61, A62).
///
///     unresolved ──addresses──▶ trying ──ready──▶ selected ──lost──▶ idle
///                                 │ ▲                ▲                 │
///                            all failed └──────── exitIdle ────────────┘
///                                 ▼                  │
///                              failing ────ready─────┘
///
/// - `unresolved`: no addresses yet.
/// - `trying`: one address after the other, each a delay after the last or as soon as that has failed,
///   all in the running until one is ready.
/// - `failing`: all have failed; each goes on with its own backoff. The state stays TRANSIENT_FAILURE,
///   through further tries too, until one is ready: calls are to fail at once, not hang.
/// - `selected`: all others are disconnected.
/// - `idle`: the connection was lost; nobody tries until a call comes.
///
/// Nobody's fault, and so never an error: news of an address that is no longer in the list, or that was
/// disconnected and says so late.
struct PickFirst: Sendable {
  private enum Phase: Sendable {
    case unresolved
    case trying
    case failing
    case selected(EndpointID)
    case idle
  }

  private struct Endpoint: Sendable {
    let id: EndpointID
    /// As the transport last told, or as it was asked to become.
    var state = ConnectivityState.idle
    /// In this round of tries.
    var hasFailed = false
  }

  /// How long an address is tried alone (RFC 8305 § 5, gRFC A61).
  static let attemptDelay = Duration.milliseconds(250)

  private var phase = Phase.unresolved
  private var endpoints: [Endpoint] = []
  /// The index of the next address to try in this round.
  private var next = 0
  /// How many failures there were since the name was last to be resolved again, in `failing`.
  private var failureCount = 0
  /// When the next address is tried; nil when nothing waits.
  private(set) var timerDue: ContinuousClock.Instant?
  /// The channel's state.
  private(set) var state = ConnectivityState.connecting

  /// The one that calls go to.
  var ready: [EndpointID] {
    if case .selected(let id) = phase { return [id] }
    return []
  }

  /// - Parameter ids: each once, in the order to try them
  mutating func addressesChanged(
    _ ids: [EndpointID], now: ContinuousClock.Instant, _ actions: inout BalancerActions
  ) {
    let old = endpoints
    let hadNone = old.isEmpty
    endpoints = ids.map { id in old.first { $0.id == id } ?? Endpoint(id: id) }
    let kept = Set(ids)
    actions.disconnect += old.filter { !kept.contains($0.id) && $0.state != .idle }.map(\.id)
    if ids.isEmpty { return noAddresses(&actions) }
    switch phase {
    case .selected(let id) where kept.contains(id): return
    case .idle: return
    case .selected, .unresolved, .trying, .failing:
      // A failure to connect outlasts new addresses, a lack of addresses does not (gRFC A62).
      if state != .transientFailure || hadNone { state = .connecting }
      beginRound(now: now, &actions)
    }
  }

  mutating func stateChanged(
    _ id: EndpointID, _ new: ConnectivityState, now: ContinuousClock.Instant,
    _ actions: inout BalancerActions
  ) {
    guard let index = endpoints.firstIndex(where: { $0.id == id }) else { return }
    endpoints[index].state = new
    switch phase {
    case .selected(id): if new != .ready { lost(&actions) }
    case .selected: if new == .ready { drop(index, &actions) }
    case .unresolved, .idle: if new == .ready { select(index, &actions) }
    case .trying: trying(index, new, now: now, &actions)
    case .failing: failing(index, new, &actions)
    }
  }

  mutating func timerFired(now: ContinuousClock.Instant, _ actions: inout BalancerActions) {
    guard let due = timerDue, due <= now else { return }
    tryNext(now: now, &actions)
  }

  mutating func exitIdle(now: ContinuousClock.Instant, _ actions: inout BalancerActions) {
    guard case .idle = phase else { return }
    state = .connecting
    beginRound(now: now, &actions)
  }

  private mutating func noAddresses(_ actions: inout BalancerActions) {
    phase = .failing
    state = .transientFailure
    timerDue = nil
    actions.reresolve = true
  }

  private mutating func beginRound(
    now: ContinuousClock.Instant, _ actions: inout BalancerActions
  ) {
    phase = .trying
    next = 0
    for index in endpoints.indices { endpoints[index].hasFailed = false }
    if let index = endpoints.firstIndex(where: { $0.state == .ready }) {
      return select(index, &actions)
    }
    tryNext(now: now, &actions)
  }

  /// Goes on to the next address that is worth a try.
  private mutating func tryNext(now: ContinuousClock.Instant, _ actions: inout BalancerActions) {
    timerDue = nil
    while next < endpoints.count {
      let index = next
      next += 1
      if endpoints[index].state == .transientFailure {
        // Within its backoff: it has just failed.
        endpoints[index].hasFailed = true
        continue
      }
      if endpoints[index].state != .connecting { connect(index, &actions) }
      if next < endpoints.count { timerDue = now + Self.attemptDelay }
      return
    }
    endRoundIfAllFailed(&actions)
  }

  private mutating func trying(
    _ index: Int, _ new: ConnectivityState, now: ContinuousClock.Instant,
    _ actions: inout BalancerActions
  ) {
    switch new {
    case .ready: select(index, &actions)
    case .connecting: break
    case .idle, .transientFailure, .shutdown:
      // Out of its backoff it is idle, which is no news; it is tried again when the round is over.
      if index >= next || endpoints[index].hasFailed { return }
      endpoints[index].hasFailed = true
      if index == next - 1 {
        tryNext(now: now, &actions)
      } else {
        endRoundIfAllFailed(&actions)
      }
    }
  }

  private mutating func endRoundIfAllFailed(_ actions: inout BalancerActions) {
    guard next == endpoints.count, endpoints.allSatisfy(\.hasFailed) else { return }
    phase = .failing
    state = .transientFailure
    failureCount = 0
    actions.reresolve = true
    for index in endpoints.indices where endpoints[index].state == .idle {
      connect(index, &actions)
    }
  }

  private mutating func failing(
    _ index: Int, _ new: ConnectivityState, _ actions: inout BalancerActions
  ) {
    switch new {
    case .ready: select(index, &actions)
    case .idle: connect(index, &actions)
    case .connecting, .shutdown: break
    case .transientFailure:
      failureCount += 1
      guard failureCount >= endpoints.count else { return }
      failureCount = 0
      actions.reresolve = true
    }
  }

  private mutating func select(_ index: Int, _ actions: inout BalancerActions) {
    phase = .selected(endpoints[index].id)
    state = .ready
    timerDue = nil
    for other in endpoints.indices where other != index {
      let state = endpoints[other].state
      if state == .connecting || state == .ready { drop(other, &actions) }
    }
  }

  private mutating func lost(_ actions: inout BalancerActions) {
    phase = .idle
    state = .idle
    actions.reresolve = true
  }

  private mutating func connect(_ index: Int, _ actions: inout BalancerActions) {
    endpoints[index].state = .connecting
    actions.connect.append(endpoints[index].id)
  }

  private mutating func drop(_ index: Int, _ actions: inout BalancerActions) {
    endpoints[index].state = .idle
    actions.disconnect.append(endpoints[index].id)
  }
}
