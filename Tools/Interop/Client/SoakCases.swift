import RPCCore

/// The same again and again.
enum SoakCases {
  /// What all rounds of a case may take together.
  private static let timeMax: Duration = .seconds(20)

  static func calls(_ peer: Peer) async throws {
    try await often(100) { try await UnaryCases.large(peer) }
  }

  static func channels(_ peer: Peer) async throws {
    try await often(10) { try await peer.again { try await UnaryCases.large($0) } }
  }

  private static func often(_ count: Int, _ round: () async throws -> Void) async throws {
    let end = ContinuousClock.now + timeMax
    for done in 0..<count {
      guard ContinuousClock.now < end else {
        throw Wrong("only \(done) of \(count) were done in time")
      }
      try await round()
    }
  }
}
