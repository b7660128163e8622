import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// What a partner works through: the referrals it has received that are not over, then what becomes of all that it
/// has received.
struct ExchangeView: WatchView {
  typealias Response = SafeMobility.ExchangeResponse

  static let kinds = ReferralView.kinds
  static let listsFirst = true

  let narrowing: [String] = []
  private let referrals: ReferralView
  private let rules: FieldRules

  /// - Parameter rules: what a release is cut by
  init(rules: FieldRules) throws {
    referrals = try ReferralView(.init())
    self.rules = rules
  }

  func begin(_ work: inout Reading) throws { try referrals.begin(&work) }

  func change(
    by event: StatusEvent, to caller: Caller, in reader: any StoreReader
  ) throws -> WatchedChange<Referral>? {
    try referrals.change(by: event, to: caller, in: reader)
  }

  func reaches(_ referral: Referral, in reach: Reach) throws -> Bool {
    try referrals.reaches(referral, in: reach)
  }

  func concern(_ referral: Referral, in work: inout Reading) throws {
    try referrals.concern(referral, in: &work)
  }

  /// The referral, with its data when that is new to the partner: as it was sent, or shown again, or because
  /// everything is.
  func message(
    for sight: WatchSight<Referral>, by event: StatusEvent, in work: inout Reading
  ) throws -> ExchangedReferral {
    let referral = sight.change.record
    var message = ExchangedReferral(referral: try work.message(for: referral))
    let wasSent = sight.change.isMove && event.stateAfter == ReferralState.sent.rawValue
    if sight.type == .created || wasSent {
      message.record = try work.releasedRecord(of: referral, rules: rules)
    }
    return message
  }

  func listing(
    behind place: ListedPlace, limit: Int, for caller: Caller, in reader: any StoreReader
  ) throws -> Page<ListedPlace> {
    var filter = ReferralFilter(states: ReferralState.allCases.filter(Self.isOpen))
    Reach(caller: caller, reader: reader).narrow(&filter)
    let key = place == .start ? nil : TimeKey(place.time, ReferralID(checked: place.uid))
    let page = try reader.referrals(filter, after: key, limit: limit)
    let places = page.items.map {
      ListedPlace(time: $0.revision.createTime, uid: $0.id.rawValue)
    }
    return Page(items: places, hasMore: page.hasMore)
  }

  func listed(
    at place: ListedPlace, in reader: any StoreReader
  ) throws -> (event: StatusEvent, change: WatchedChange<Referral>)? {
    guard let id = ReferralID(rawValue: place.uid), let referral = try reader.referral(id),
      Self.isOpen(referral.state),
      let event = try reader.statusEvents(of: .referral, uid: place.uid).last
    else { return nil }
    let state = Int32(referral.state.rawValue)
    let change = WatchedChange(
      record: referral, name: id.name, version: event.version, wasSeen: false, isSeen: true,
      stateName: SafeMobility.ReferralState.descriptor.name(of: state) ?? "")
    return (event, change)
  }

  /// Whether a receiver knows of it, and it is not over.
  private static func isOpen(_ state: ReferralState) -> Bool {
    state != .draft && !state.isTerminal
  }
}

/// What work shows of a referral.
struct ExchangedReferral: Sendable {
  var referral: SafeMobility.Referral
  /// Its data; nil when nothing new is released.
  var record: SafeMobility.ReleasedRecord?
}

extension SafeMobility.ExchangeResponse: WatchStreamItem {
  /// Only a bookmark and a reset say where to go on: behind work that is not acknowledged nobody can.
  init(_ content: WatchContent<ExchangedReferral>, resumeToken: String) {
    self.init()
    message =
      switch content {
      case .event(let number, let status, let shown):
        .work(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.referral = shown?.referral
            $0.record = shown?.record
          })
      case .bookmark: .bookmark(.with { $0.resumeToken = resumeToken })
      case .reset: .reset(.with { $0.resumeToken = resumeToken })
      }
  }
}
