import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// Which referrals ListReferrals lists, and WatchReferrals tells of.
struct ReferralTerms {
  private enum Test {
    case state(ReferralState)
    case pathway(String)
    case receiver(String)
    case overdue(Bool)
    case created(FilterTerms.Relation, Instant)
    case updated(FilterTerms.Relation, Instant)
  }

  private let tests: [Test]

  /// - Throws: FIELD_INVALID for a field that is not the schema's, or a value that is not the field's
  init(_ text: String) throws(Refusal) {
    var tests: [Test] = []
    for term in try FilterTerms(text).terms { tests.append(try Self.test(term)) }
    self.tests = tests
  }

  /// The terms of a stream of changes: only what an event can tell the past of, or what never changes.
  ///
  /// - Throws: FIELD_INVALID, for `overdue` and `update_time` too
  init(watching text: String) throws(Refusal) {
    for term in try FilterTerms(text).terms where ["overdue", "update_time"].contains(term.field) {
      throw term.refused("cannot be watched")
    }
    try self.init(text)
  }

  private static func test(_ term: FilterTerms.Term) throws(Refusal) -> Test {
    switch term.field {
    case "create_time": return .created(term.relation, try time(term))
    case "update_time": return .updated(term.relation, try time(term))
    case "state":
      return .state(
        try term.value(of: SafeMobility.ReferralState.descriptor, prefix: "REFERRAL_STATE_"))
    case "pathway", "to_partner", "overdue": try term.demand(.equal)
    default: throw term.refused("cannot be compared")
    }
    switch term.field {
    case "overdue":
      guard let flag = Bool(term.value) else { throw term.refused("is true or false") }
      return .overdue(flag)
    case "pathway": return .pathway(term.value)
    default: return .receiver(term.value)
    }
  }

  private static func time(_ term: FilterTerms.Term) throws(Refusal) -> Instant {
    guard let time = GoogleProtobuf.Timestamp(text: term.value).flatMap({ Instant($0) }) else {
      throw term.refused("takes a time like \"2023-06-12T14:00:00Z\"")
    }
    return time
  }

  /// Lets the store look for what it can look for.
  func narrow(_ filter: inout ReferralFilter) {
    for test in tests {
      switch test {
      case .state(let state): filter.states = [state]
      case .pathway(let name): filter.pathway = try? PathwayID(name: name)
      default: break
      }
    }
  }

  /// Whether every comparison holds for a referral.
  func admit(_ referral: Referral) -> Bool { admit(referral, in: referral.state) }

  /// Whether every comparison holds for a referral as it was in a state.
  func admit(_ referral: Referral, in state: ReferralState) -> Bool {
    tests.allSatisfy { test in
      switch test {
      case .state(let wanted): state == wanted
      case .pathway(let name): referral.pathway.name == name
      case .receiver(let name): referral.to.name == name
      case .overdue(let flag): referral.isOverdue == flag
      case .created(let relation, let time): relation.holds(referral.revision.createTime, time)
      case .updated(let relation, let time): relation.holds(referral.revision.updateTime, time)
      }
    }
  }
}
