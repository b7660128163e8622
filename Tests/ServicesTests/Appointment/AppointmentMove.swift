import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A method that moves an appointment, as the table of domain § 5.2 has it.
struct AppointmentMove: Sendable, CustomTestStringConvertible {
  typealias Client = SafeMobility.AppointmentServiceClient

  var event: Appointment.Event
  var sources: Set<AppointmentState>
  var target: AppointmentState
  var identity: String
  var moment = Moment.beforehand
  var call: @Sendable (Client, AppointmentScene) async throws(RPCError) -> SafeMobility.Appointment?

  var testDescription: String { event.rawValue }

  /// When a move may be made, so that only the state can refuse it.
  enum Moment: Sendable {
    case beforehand, arrival, start, end, afterGrace, nextDay

    func time(of appointment: Appointment) -> Instant {
      switch self {
      case .beforehand: World.opening
      case .arrival: appointment.start - .minutes(30)
      case .start: appointment.start
      case .end: appointment.end
      case .afterGrace: appointment.end + .hours(2)
      case .nextDay: appointment.end + .days(1)
      }
    }
  }

  static let all: [Self] = plans + day + endings

  /// Before the day.
  private static let plans = [
    Self(event: .confirm, sources: [.offered], target: .confirmed, identity: "iom/CONTACT_CENTRE") {
      (client, scene) throws(RPCError) in
      try await client.confirmAppointment(request(scene, \.name, \.etag, \.requestId)).appointment
    },
    Self(
      event: .reschedule, sources: [.confirmed], target: .rescheduled,
      identity: "iom/CONTACT_CENTRE"
    ) { (client, scene) throws(RPCError) in
      try await client.rescheduleAppointment(
        request(scene, \.name, \.etag, \.requestId) { $0.slot = scene.other.resourceName }
      ).predecessor
    },
    Self(
      event: .cancel, sources: [.offered, .confirmed], target: .cancelled,
      identity: "iom/CONTACT_CENTRE"
    ) { (client, scene) throws(RPCError) in
      try await client.cancelAppointment(
        request(scene, \.name, \.etag, \.requestId) { $0.reason = .cannotAttend }
      ).appointment
    },
  ]

  /// On the day.
  private static let day = [
    Self(
      event: .checkIn, sources: [.confirmed], target: .checkedIn, identity: "iom/FRONT_DESK",
      moment: .arrival
    ) { (client, scene) throws(RPCError) in
      try await client.checkIn(
        request(scene, \.name, \.etag, \.requestId) {
          $0.visitCode = scene.appointment.visitCode.rawValue
        }
      ).appointment
    },
    Self(
      event: .start, sources: [.checkedIn], target: .inProgress, identity: "iom/INTERVIEWER",
      moment: .start
    ) { (client, scene) throws(RPCError) in
      try await client.startAppointment(request(scene, \.name, \.etag, \.requestId)).appointment
    },
    Self(
      event: .complete, sources: [.inProgress], target: .fulfilled, identity: "iom/INTERVIEWER",
      moment: .end
    ) { (client, scene) throws(RPCError) in
      let appointment = scene.appointment
      return try await client.completeAppointment(
        request(scene, \.name, \.etag, \.requestId) {
          $0.attendees = appointment.attendees.map { attendee in
            .with {
              $0.person = "registrations/\(appointment.registration)/persons/\(attendee.person)"
              $0.attendance = .present
            }
          }
        }
      ).appointment
    },
  ]

  /// After it, and at any time.
  private static let endings = [
    Self(
      event: .markNoShow, sources: [.confirmed], target: .noShow, identity: "iom/FRONT_DESK",
      moment: .afterGrace
    ) { (client, scene) throws(RPCError) in
      try await client.markNoShow(request(scene, \.name, \.etag, \.requestId)).appointment
    },
    Self(
      event: .excuse, sources: [.noShow], target: .excused, identity: "iom/SUPERVISOR",
      moment: .nextDay
    ) { (client, scene) throws(RPCError) in
      try await client.excuseNoShow(
        request(scene, \.name, \.etag, \.requestId) { $0.reason = .illness }
      ).appointment
    },
    Self(
      event: .void, sources: Set(AppointmentState.allCases).subtracting([.fulfilled, .voided]),
      target: .voided, identity: "iom/SUPERVISOR"
    ) { (client, scene) throws(RPCError) in
      try await client.voidAppointment(request(scene, \.name, \.etag, \.requestId)).appointment
    },
  ]

  private static func request<Request: Message>(
    _ scene: AppointmentScene, _ name: WritableKeyPath<Request, String>,
    _ etag: WritableKeyPath<Request, String>, _ id: WritableKeyPath<Request, String>,
    _ fill: (inout Request) -> Void = { _ in }
  ) -> Request {
    var request = Request()
    request[keyPath: name] = "appointments/\(scene.appointment.id)"
    request[keyPath: etag] = scene.appointment.etag.text
    request[keyPath: id] = requestID()
    fill(&request)
    return request
  }
}
