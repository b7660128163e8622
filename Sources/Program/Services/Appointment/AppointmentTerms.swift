import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// Which appointments ListAppointments lists and WatchAppointments tells of, besides their own fields.
struct AppointmentTerms {
  private enum Test {
    case state(AppointmentState)
    case service(String)
    case slot(SlotID)
  }

  private let tests: [Test]

  /// - Throws: FIELD_INVALID for a field that is not the schema's, or a value that is not the field's
  init(_ text: String) throws(Refusal) {
    var tests: [Test] = []
    for term in try FilterTerms(text).terms { tests.append(try Self.test(term)) }
    self.tests = tests
  }

  /// The terms of a stream of changes, which is of no single slot.
  ///
  /// - Throws: FIELD_INVALID, for `slot` too
  init(watching text: String) throws(Refusal) {
    for term in try FilterTerms(text).terms where term.field == "slot" {
      throw term.refused("cannot be watched; watch the slots")
    }
    try self.init(text)
  }

  private static func test(_ term: FilterTerms.Term) throws(Refusal) -> Test {
    switch term.field {
    case "state":
      return .state(
        try term.value(of: SafeMobility.AppointmentState.descriptor, prefix: "APPOINTMENT_STATE_"))
    case "service", "slot": try term.demand(.equal)
    default: throw term.refused("cannot be compared")
    }
    switch term.field {
    case "slot":
      guard let name = try? SlotName(term.value) else {
        throw term.refused("takes a slot's resource name")
      }
      return .slot(name.slot)
    default: return .service(term.value)
    }
  }

  /// Lets the store look for what it can look for.
  func narrow(_ filter: inout AppointmentFilter) {
    for test in tests {
      switch test {
      case .state(let state): filter.states = [state]
      case .service(let name): filter.service = try? ServiceOfferID(name: name)
      case .slot: break
      }
    }
  }

  /// Whether every comparison holds for an appointment.
  func admit(_ appointment: Appointment) -> Bool { admit(appointment, in: appointment.state) }

  /// Whether every comparison holds for an appointment as it was in a state.
  func admit(_ appointment: Appointment, in state: AppointmentState) -> Bool {
    tests.allSatisfy { test in
      switch test {
      case .state(let wanted): state == wanted
      case .service(let name): appointment.service.name == name
      case .slot(let id): appointment.slot == id
      }
    }
  }
}
