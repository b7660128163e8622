internal import RPCCore
internal import RPCPolicy

extension SafeMobilityClient {
  /// Changes something as it is now: reads it, and lets `change` send its etag back. When somebody else was
  /// faster (ABORTED ETAG_MISMATCH) it is read again and `change` decides again.
  ///
  ///     let sent = try await client.updating {
  ///       try await client.referrals.getReferral(.with { $0.name = name }).referral
  ///     } change: { referral in
  ///       try await client.referrals.sendReferral(.with { $0.name = name; $0.etag = referral.etag })
  ///     }
  ///
  /// Leave `request_id` empty in `change`: another etag is another request, and gets another id. And make one call
  /// there: `change` is run again as a whole.
  ///
  /// - Parameters:
  ///   - attemptCountMax: how often to change at most; above zero
  ///   - read: reads it; nil when there is no such thing
  ///   - change: decides, and sends the change with the etag of what it is given
  /// - Returns: what `change` returned
  /// - Throws: what the closures throw, the last ETAG_MISMATCH among it; NOT_FOUND when `read` gave nil
  public func updating<Resource, Response>(
    attemptCountMax: Int = 5, read: () async throws -> Resource?,
    change: (Resource) async throws -> Response
  ) async throws -> Response {
    precondition(attemptCountMax > 0, "one attempt is the least")
    var backoff = Backoff(
      initial: .milliseconds(10), multiplier: 2, max: .milliseconds(500), jitter: 0.5)
    var attemptCount = 0
    while true {
      guard let resource = try await read() else {
        throw RPCError(.notFound, "there is nothing to change")
      }
      do {
        return try await change(resource)
      } catch {
        attemptCount += 1
        guard case .etagMismatch = SafeMobilityError(error), attemptCount < attemptCountMax else {
          throw error
        }
        // Two that change the same thing in step would never get past each other.
        var dice = configuration.time.dice
        try await configuration.time.pause(backoff.next(using: &dice))
      }
    }
  }
}
