import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// Which registrations ListRegistrations lists, and WatchRegistrations tells of.
struct RegistrationTerms {
  private enum Test {
    case state(RegistrationState)
    case channel(Channel)
    case language(String)
    case subdivision(String)
  }

  private let tests: [Test]

  /// - Throws: FIELD_INVALID for a field that cannot be compared, or a value that is not the field's
  init(_ text: String) throws(Refusal) {
    var tests: [Test] = []
    for term in try FilterTerms(text).terms { tests.append(try Self.test(term)) }
    self.tests = tests
  }

  private static func test(_ term: FilterTerms.Term) throws(Refusal) -> Test {
    switch term.field {
    case "state":
      return .state(
        try term.value(
          of: SafeMobility.RegistrationState.descriptor, prefix: "REGISTRATION_STATE_"))
    case "channel":
      return .channel(try term.value(of: SafeMobility.Channel.descriptor, prefix: "CHANNEL_"))
    case "language_code", "subdivision_code": try term.demand(.equal)
    default: throw term.refused("cannot be compared")
    }
    return term.field == "language_code" ? .language(term.value) : .subdivision(term.value)
  }

  /// Lets the store look for what it can look for.
  func narrow(_ filter: inout RegistrationFilter) {
    for test in tests {
      if case .state(let state) = test { filter.states = [state] }
    }
  }

  /// Whether every comparison holds for a registration.
  func admit(_ registration: Registration) -> Bool { admit(registration, in: registration.state) }

  /// Whether every comparison holds for a registration as it was in a state.
  func admit(_ registration: Registration, in state: RegistrationState) -> Bool {
    mayAdmit(registration, in: state)
      && tests.allSatisfy { test in
        switch test {
        case .language(let code): registration.language.rawValue == code
        case .subdivision(let code): registration.subdivision == code
        case .state, .channel: true
        }
      }
  }

  /// Whether every comparison with what nobody corrects holds, and so all of them may have held in that
  /// state.
  func mayAdmit(_ registration: Registration, in state: RegistrationState) -> Bool {
    tests.allSatisfy { test in
      switch test {
      case .state(let wanted): state == wanted
      case .channel(let channel): registration.channel == channel
      case .language, .subdivision: true
      }
    }
  }
}
