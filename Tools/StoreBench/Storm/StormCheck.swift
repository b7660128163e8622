import Domain
import Storage
import StorageSQL

/// What a storm has left in the store, compared with what was answered.
struct StormCheck: Sendable {
  let slots: [Slot]
  let households: [HouseholdName]
  let answers: [StormHousehold.Answer]

  /// Seats that households were told they have.
  var bookedSeatCount: Int {
    zip(households, answers).reduce(0) { sum, pair in
      if case .booked = pair.1 { sum + pair.0.seatCount } else { sum }
    }
  }

  var bookedCount: Int { answers.count { if case .booked = $0 { true } else { false } } }
  var refusedCount: Int { answers.count { $0 == .nothingLeft } }

  /// Everything found wrong; empty when all is well. Reads all of the store.
  func findings(in store: SQLStore) async throws -> [String] {
    try await answered + store.check()
      + store.read { reader in try seats(reader) + appointments(reader) }
  }

  /// Answers that nobody should get.
  private var answered: [String] {
    zip(households, answers).compactMap { household, answer in
      if case .failed(let text) = answer { "\(household.registration): \(text)" } else { nil }
    }
  }

  /// Seats: as many taken as were told, none held, and none left that somebody who was refused would have fitted into.
  private func seats(_ reader: any StoreReader) throws -> [String] {
    var findings: [String] = []
    var taken = 0
    var freeMost = 0
    for slot in slots {
      guard let found = try reader.slotAvailability(slot.id) else {
        findings.append("slot \(slot.id) is gone")
        continue
      }
      let booked = try reader.liveAppointments(in: slot.id).reduce(0) { $0 + $1.seats }
      if found.slot.capacitySeats - found.freeSeats != booked {
        findings.append("slot \(slot.id): \(found.freeSeats) free, and \(booked) booked")
      }
      taken += booked
      freeMost = max(freeMost, found.freeSeats)
    }
    if taken != bookedSeatCount {
      findings.append("\(taken) seats are taken, and \(bookedSeatCount) were told")
    }
    let smallest = zip(households, answers).filter { $0.1 == .nothingLeft }
      .map { $0.0.seatCount }.min()
    if let smallest, smallest <= freeMost {
      findings.append("a household of \(smallest) was refused, and a slot has \(freeMost) free")
    }
    return findings
  }

  /// Appointments: one for each household that was told so, with everybody in it, and none for anybody else.
  private func appointments(_ reader: any StoreReader) throws -> [String] {
    var findings: [String] = []
    for (household, answer) in zip(households, answers) {
      guard let id = RegistrationID(rawValue: String(household.registration.dropFirst(14))) else {
        findings.append("\(household.registration) is no name")
        continue
      }
      let found = try reader.appointments(
        AppointmentFilter(registration: id), after: nil, limit: 10
      ).items
      let expected = if case .booked(let name) = answer { [name] } else { [String]() }
      if found.map({ "appointments/\($0.id)" }) != expected {
        findings.append("\(household.registration): \(found.count) appointments, told \(answer)")
      }
      for appointment in found
      where Set(appointment.attendees.map { "\(household.registration)/persons/\($0.person)" })
        != Set(household.persons)
      {
        findings.append("\(household.registration) is not booked whole")
      }
    }
    return findings
  }
}
