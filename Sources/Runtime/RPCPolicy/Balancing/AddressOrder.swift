/// The order in which pick_first tries addresses.
enum AddressOrder {
  /// Each endpoint once, the first time it is named.
  static func unique(_ endpoints: [EndpointID]) -> [EndpointID] {
    var seen: Set<EndpointID> = []
    return endpoints.filter { seen.insert($0).inserted }
  }

  /// The families in turns, beginning with the first address's, each in its own order (RFC 8305 § 4):
  /// a family that does not work here costs one delay, not one for each of its addresses.
  ///
  /// - Parameter families: of each endpoint; empty when all are the same
  static func interleaved(
    _ endpoints: [EndpointID], families: [AddressFamily]
  ) -> [EndpointID] {
    var groups: [(family: AddressFamily, members: [EndpointID])] = []
    for (endpoint, family) in zip(endpoints, families) {
      if let index = groups.firstIndex(where: { $0.family == family }) {
        groups[index].members.append(endpoint)
      } else {
        groups.append((family, [endpoint]))
      }
    }
    guard groups.count > 1 else { return endpoints }
    let turns = groups.map(\.members.count).max() ?? 0
    return (0..<turns).flatMap { turn in
      groups.compactMap { turn < $0.members.count ? $0.members[turn] : nil }
    }
  }
}
