/// The endpoints of a policy that connects to all of them: round_robin and least_request.
///
/// An endpoint that has failed counts as failed until it is ready again, through its further tries too;
/// so does the channel, so that calls fail at once while nothing can be reached.
struct ConnectedSet: Sendable {
  private struct Endpoint: Sendable {
    let id: EndpointID
    /// As the transport last told, or as it was asked to become.
    var state = ConnectivityState.idle
    /// Failed since it was last ready.
    var isFailing = false
    /// Left out as an outlier, whatever its state.
    var isEjected = false
  }

  private var endpoints: [Endpoint] = []
  /// The channel's state.
  private(set) var state = ConnectivityState.connecting
  /// Those that calls may go to, in the order of the addresses.
  private(set) var ready: [EndpointID] = []

  /// - Parameter ids: each once
  mutating func addressesChanged(_ ids: [EndpointID], _ actions: inout BalancerActions) {
    let old = endpoints
    endpoints = ids.map { id in old.first { $0.id == id } ?? Endpoint(id: id) }
    let kept = Set(ids)
    actions.disconnect += old.filter { !kept.contains($0.id) && $0.state != .idle }.map(\.id)
    for index in endpoints.indices where endpoints[index].state == .idle {
      connect(index, &actions)
    }
    // A lack of addresses does not outlast them.
    if old.isEmpty { state = .connecting }
    if ids.isEmpty { actions.reresolve = true }
    summarize()
  }

  mutating func stateChanged(
    _ id: EndpointID, _ new: ConnectivityState, _ actions: inout BalancerActions
  ) {
    guard let index = endpoints.firstIndex(where: { $0.id == id }) else { return }
    let wasReady = endpoints[index].state == .ready
    endpoints[index].state = new
    switch new {
    case .ready: endpoints[index].isFailing = false
    case .transientFailure, .shutdown: endpoints[index].isFailing = true
    case .idle: connect(index, &actions)
    case .connecting: break
    }
    if new == .transientFailure || (wasReady && new != .ready) { actions.reresolve = true }
    summarize()
  }

  /// Tells which endpoints are outliers from now on.
  mutating func eject(only ejected: Set<EndpointID>) {
    for index in endpoints.indices {
      endpoints[index].isEjected = ejected.contains(endpoints[index].id)
    }
    summarize()
  }

  private mutating func summarize() {
    ready = endpoints.filter { $0.state == .ready && !$0.isEjected }.map(\.id)
    if !ready.isEmpty {
      state = .ready
    } else if endpoints.isEmpty {
      state = .transientFailure
    } else if state != .transientFailure {
      let isHopeful = endpoints.contains { !$0.isFailing && !$0.isEjected }
      state = isHopeful ? .connecting : .transientFailure
    }
  }

  private mutating func connect(_ index: Int, _ actions: inout BalancerActions) {
    endpoints[index].state = .connecting
    actions.connect.append(endpoints[index].id)
  }
}
