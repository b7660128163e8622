import Domain
import Protobuf
import SafeMobilityAPI

/// Which entries ListEntries lists.
struct AuditTerms {
  private enum Test {
    case partner(String)
    case role(Role)
    case method(String)
    case verdict(AuditVerdict)
    case time(FilterTerms.Relation, Instant)
  }

  private let tests: [Test]

  /// - Throws: FIELD_INVALID for a field that is not the schema's, or a value that is not the field's
  init(_ text: String) throws(Refusal) {
    var tests: [Test] = []
    for term in try FilterTerms(text).terms { tests.append(try Self.test(term)) }
    self.tests = tests
  }

  private static func test(_ term: FilterTerms.Term) throws(Refusal) -> Test {
    switch term.field {
    case "event_time":
      guard let time = GoogleProtobuf.Timestamp(text: term.value).flatMap({ Instant($0) }) else {
        throw term.refused("takes a time like \"2023-06-12T14:00:00Z\"")
      }
      return .time(term.relation, time)
    case "partner", "role", "method", "decision": try term.demand(.equal)
    default: throw term.refused("cannot be compared")
    }
    switch term.field {
    case "partner": return .partner(term.value)
    case "role": return .role(try term.value(of: SafeMobility.Role.descriptor, prefix: "ROLE_"))
    case "decision":
      return .verdict(
        try term.value(of: SafeMobility.AuditDecision.descriptor, prefix: "AUDIT_DECISION_"))
    default: return .method(term.value)
    }
  }

  /// Whether every comparison holds for an entry.
  func admit(_ entry: AuditEntry) -> Bool {
    tests.allSatisfy { test in
      switch test {
      case .partner(let name): entry.partner?.name == name
      case .role(let role): entry.role == role
      case .method(let method): entry.method == method
      case .verdict(let verdict): entry.verdict == verdict
      case .time(let relation, let time): relation.holds(entry.eventTime, time)
      }
    }
  }
}
