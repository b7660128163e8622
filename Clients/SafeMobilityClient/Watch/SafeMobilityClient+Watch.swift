internal import Protobuf
internal import RPCCore
public import SafeMobilityAPI

extension SafeMobilityClient {
  /// The referrals that the caller may see, and what becomes of them; see ``WatchSequence``.
  ///
  /// - Parameters:
  ///   - filter: as in ListReferrals, but for `overdue` and `update_time`; empty for all
  ///   - registration: only referrals of this registration; empty for all
  ///   - resumeToken: where a watch with the same filter and registration has left off; nil to begin with what
  ///     there is
  public func watchReferrals(
    filter: String = "", registration: String = "", from resumeToken: String? = nil
  ) -> WatchSequence<SafeMobility.WatchReferralsResponse> {
    WatchSequence(from: resumeToken, configuration: configuration) {
      [referrals] (pageToken) async throws(RPCError) in
      try await referrals.listReferrals(
        .with {
          $0.filter = filter
          $0.registration = registration
          $0.pageToken = pageToken
        })
    } open: { [referrals] resumeToken in
      referrals.watchReferrals(
        .with {
          $0.filter = filter
          $0.registration = registration
          $0.resumeToken = resumeToken
        })
    }
  }
}

extension SafeMobility.ListReferralsResponse: WatchedPage {}

extension SafeMobility.WatchReferralsResponse: WatchResponse {
  /// A page of ListReferrals.
  public typealias Page = SafeMobility.ListReferralsResponse

  /// The item, read.
  public var watchItem: WatchItem<SafeMobility.ReferralEvent> {
    switch item {
    case .event(let event): .change(event, WatchEventID(event.status))
    case .bookmark: .bookmark
    case .reset(let reset): .reset(resumeToken: reset.resumeToken)
    case nil: .unknown
    }
  }
}

extension WatchEventID {
  /// What the contract knows an event by.
  init(_ status: SafeMobility.StatusEvent?) {
    self.init(uid: status?.uid ?? "", version: status?.version ?? 0)
  }
}
