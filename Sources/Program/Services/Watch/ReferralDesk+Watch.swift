import Domain
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ReferralDesk {
  public func watchReferrals(
    _ request: SafeMobility.WatchReferralsRequest,
    responses: ResponseStream<SafeMobility.WatchReferralsResponse>, call: ServerCall
  ) async throws {
    let watch = try ReferralWatch(request, call, at: desk)
    let watcher = try desk.watches.add(for: watch.trail.caller.partner)
    defer { desk.watches.remove(watcher) }
    let (token, receipt) = try await watch.begin(request.resumeToken, call)
    try call.responseMetadata.set(AuditReceipt.metadata, receipt.text)
    try call.trailingMetadata.set(AuditReceipt.metadata, receipt.text)
    // Nothing may happen for long, and the caller wants to know that it watches.
    try await responses.sendHeaders()
    try await watch.run(from: token, watcher, responses)
  }
}

extension ResumeTokens {
  /// The tokens of a subscription to referrals.
  ///
  /// - Parameters:
  ///   - registration: the request's `registration`
  ///   - filter: its `filter`
  init(watching registration: String, _ filter: String, for caller: Caller, secrets: Secrets) {
    self.init(
      of: SafeMobility.ReferralServiceMethods.watchReferrals.fullName, for: caller,
      filter: [registration, filter], secrets: secrets)
  }
}

extension Reading {
  /// The token with which a list hands over to a stream, at the place of the feed where the list began.
  func token(from position: Int64, _ tokens: ResumeTokens) throws -> String {
    tokens.text(
      of: ResumeToken(
        place: ResumePlace(position: position, eventNumber: 0),
        epoch: PolicyEpoch(try caller.standing(in: reader)), issueTime: now))
  }
}
