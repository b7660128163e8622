internal import RPCCore

/// How many watch, in all and by address.
struct WatcherCounts {
  private(set) var total = 0
  private var shares: [PeerNetwork: Int] = [:]

  /// Counts one more.
  ///
  /// - Parameter network: nil for a peer without an address, which only the ceiling for all holds
  /// - Throws: RESOURCE_EXHAUSTED over a limit
  mutating func add(_ network: PeerNetwork?, limits: HealthLimits) throws(RPCError) {
    guard total < limits.watcherCountMax else {
      throw RPCError(.resourceExhausted, "as many calls watch as the server allows")
    }
    if let network {
      let share = shares[network, default: 0]
      guard share < limits.watcherCountMaxPerAddress else {
        throw RPCError(
          .resourceExhausted, "as many calls of this address watch as the server allows")
      }
      shares[network] = share + 1
    }
    total += 1
  }

  /// One that was counted has ended.
  mutating func remove(_ network: PeerNetwork?) {
    total -= 1
    guard let network, let share = shares[network] else { return }
    // Addresses that come and go leave nothing behind.
    shares[network] = share > 1 ? share - 1 : nil
  }

  /// The addresses that are remembered.
  var shareCount: Int { shares.count }
}
