internal import RPCCore
internal import SafeMobilityAPI

extension SafeMobilityClient {
  /// Works off the referrals that the caller's partner receives, for as long as `body` runs; see ``PartnerExchange``.
  ///
  /// - Parameters:
  ///   - resumeToken: where an exchange before has left off, from its last ``ExchangeEvent/stored(resumeToken:)``; nil
  ///     or empty to begin with what is open
  ///   - maxInFlight: how much work may come before it is acknowledged, 1 to 1000; 0 for 32
  /// - Throws: what `body` throws
  public func exchange<Output>(
    from resumeToken: String? = nil, maxInFlight: Int = 0,
    _ body: (PartnerExchange) async throws -> Output
  ) async throws -> Output {
    let exchange = PartnerExchange(
      from: resumeToken ?? "", inFlightMax: maxInFlight, configuration: configuration
    ) { [referrals] in referrals.exchange() }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await exchange.run() }
      defer { group.cancelAll() }
      return try await body(exchange)
    }
  }
}
