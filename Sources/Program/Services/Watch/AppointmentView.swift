import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// What one subscriber of appointments sees: those in its reach that its request asks for.
///
/// The front desk's reach is a day. What comes into it by midnight alone is no change and no event, so
/// a front desk begins its day with a list.
struct AppointmentView: WatchView {
  typealias Response = SafeMobility.WatchAppointmentsResponse

  static let kinds: Set<AggregateKind> = [.appointment]

  /// Only appointments at this office; nil for all.
  private let office: OfficeID?
  private let terms: AppointmentTerms
  let narrowing: [String]

  /// - Throws: FIELD_INVALID for a filter that cannot be watched
  init(_ request: SafeMobility.WatchAppointmentsRequest) throws(Refusal) {
    office = request.office.isEmpty ? nil : try OfficeID(name: request.office)
    terms = try AppointmentTerms(watching: request.filter)
    narrowing = [request.office, request.filter]
  }

  func begin(_ work: inout Reading) throws {
    if let office { _ = try work.office(office) }
  }

  func change(
    by event: StatusEvent, to caller: Caller, in reader: any StoreReader
  ) throws -> WatchedChange<Appointment>? {
    guard let id = AppointmentID(rawValue: event.uid),
      let appointment = try reader.appointment(id),
      office == nil || office == appointment.service.office,
      let after = AppointmentState(rawValue: event.stateAfter)
    else { return nil }
    let before = event.stateBefore.flatMap { AppointmentState(rawValue: $0) }
    return WatchedChange(
      record: appointment, name: id.name, version: event.version,
      wasSeen: before.map { terms.admit(appointment, in: $0) } ?? false,
      isSeen: terms.admit(appointment, in: after), isMove: before != after,
      stateName: SafeMobility.AppointmentState.descriptor.name(of: Int32(event.stateAfter)) ?? "")
  }

  func reaches(_ appointment: Appointment, in reach: Reach) throws -> Bool {
    guard try reach.includes(appointment) else { return false }
    return try reach.reader.registration(appointment.registration).map { try reach.includes($0) }
      ?? false
  }

  func concern(_ appointment: Appointment, in work: inout Reading) throws {
    try work.concern(appointment.registration)
  }

  func message(
    for sight: WatchSight<Appointment>, by event: StatusEvent, in work: inout Reading
  ) throws -> SafeMobility.Appointment {
    try work.message(for: sight.change.record)
  }
}
