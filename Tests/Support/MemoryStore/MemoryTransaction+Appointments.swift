import Domain
import Storage

extension MemoryTransaction {
  func appointment(_ id: AppointmentID) -> Appointment? { state.appointments[id] }

  func appointments(
    _ filter: AppointmentFilter, after key: TimeKey<AppointmentID>?, limit: Int
  ) -> Page<Appointment> {
    let found = state.appointments.values.filter { appointment in
      (filter.registration == nil || filter.registration == appointment.registration)
        && (filter.office == nil || filter.office == appointment.service.office)
        && (filter.service == nil || filter.service == appointment.service)
        && (filter.starts.map { $0.contains(appointment.start) } ?? true)
        && (filter.states.isEmpty || filter.states.contains(appointment.state))
        && isOwned(appointment.registration, by: filter.owner)
    }
    return page(found, after: key, limit: limit) { TimeKey($0.start, $0.id) }
  }

  func liveAppointments(in slot: SlotID) -> [Appointment] {
    state.appointments.values.filter { $0.slot == slot && $0.state.isLive }
      .sorted { $0.id < $1.id }
  }

  func noShows(in slot: SlotID) -> [Appointment] {
    state.appointments.values.filter { $0.slot == slot && $0.state == .noShow }
      .sorted { $0.id < $1.id }
  }

  func liveAppointments(
    of persons: [PersonID], overlapping time: Range<Instant>
  ) -> [Appointment] {
    state.appointments.values
      .filter { appointment in
        appointment.state.isLive && appointment.start < time.upperBound
          && time.lowerBound < appointment.end
          && appointment.attendees.contains { persons.contains($0.person) }
      }
      .sorted { $0.id < $1.id }
  }

  func liveAppointment(
    of registration: RegistrationID, for service: ServiceOfferID
  ) -> Appointment? {
    state.appointments.values.first { appointment in
      appointment.registration == registration && appointment.service == service
        && appointment.state.isLive
    }
  }

  func insert(_ appointment: Appointment) throws {
    let twin =
      liveAppointment(of: appointment.registration, for: appointment.service)
      .map { $0.id != appointment.id } ?? false
    let time = appointment.start..<appointment.end
    let people = appointment.attendees.map(\.person)
    if twin, appointment.state.isLive { throw StoreError.conflict(.liveAppointment) }
    guard liveAppointments(of: people, overlapping: time).isEmpty else {
      throw Refusal(.personOverlap)
    }
    try require(
      state.slots[appointment.slot] != nil && state.registrations[appointment.registration] != nil
        && people.allSatisfy { state.persons[$0] != nil })
    try add(appointment, appointment.id, to: \.appointments)
  }

  func update(_ appointment: Appointment, from version: Version) throws {
    try replace(
      appointment, appointment.id, in: \.appointments, from: version, \.revision.version)
  }
}
