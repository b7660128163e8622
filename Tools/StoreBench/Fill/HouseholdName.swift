import Domain
import StoreSamples

/// A household of a filled store as requests name it.
struct HouseholdName: Sendable {
  /// `registrations/{registration}`.
  let registration: String
  /// `registrations/{registration}/persons/{person}`, the principal first.
  let persons: [String]

  var seatCount: Int { persons.count }

  init(_ household: Registration) {
    let registration = "registrations/\(household.id)"
    self.registration = registration
    persons = household.persons.map { "\(registration)/persons/\($0)" }
  }

  init(_ household: StoredHousehold) { self.init(household.registration) }
}

extension FillPlan {
  /// The households of numbers.
  func households(_ numbers: some Sequence<Int>) throws -> [HouseholdName] {
    let window = FilledWindow(self, of: try StoredWorld().program)
    return try numbers.map {
      HouseholdName(try FilledHousehold($0, of: self, in: window).registration)
    }
  }
}
