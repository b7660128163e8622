import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// An invited household and a slot for it, with the calls that appointments take.
struct Visit: Sendable {
  let world: World
  let registration: Registration
  let slot: Slot

  var name: String { "registrations/\(registration.id)" }
  var persons: [String] { registration.persons.map { "\(name)/persons/\($0)" } }
  var agent: SafeMobility.AppointmentServiceClient { client("iom/CONTACT_CENTRE") }
  var scheduler: SafeMobility.AppointmentServiceClient { client("iom/SCHEDULER") }
  var frontDesk: SafeMobility.AppointmentServiceClient { client("iom/FRONT_DESK") }
  var interviewer: SafeMobility.AppointmentServiceClient { client("iom/INTERVIEWER") }
  var supervisor: SafeMobility.AppointmentServiceClient { client("iom/SUPERVISOR") }

  init(
    _ kind: SampleHousehold.Kind = .couple, store: World.StoreKind = .memory, seats: Int = 10,
    owner: Actor? = nil, watching: WatchLimits? = nil
  ) async throws {
    world = try await World(store, watching: watching)
    registration = try await world.household(kind, in: .invited, owner: owner).registration
    slot = try await world.slot(seats: seats)
  }

  func client(_ identity: String) -> SafeMobility.AppointmentServiceClient {
    world.caller(identity).appointments
  }

  func booked() async throws -> SafeMobility.Appointment {
    let hold = try #require(
      try await agent.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = name
          $0.seats = Int32(persons.count)
          $0.requestId = requestID()
        }
      ).hold)
    let answer = try await agent.bookAppointment(
      .with {
        $0.hold = hold.name
        $0.fence = hold.fence
        $0.attendees = persons
        $0.requestId = requestID()
      })
    return try #require(answer.appointment)
  }

  func offered(in slot: Slot? = nil) async throws -> SafeMobility.Appointment {
    let answer = try await scheduler.offerAppointment(
      .with {
        $0.slot = (slot ?? self.slot).resourceName
        $0.registration = name
        $0.attendees = persons
        $0.requestId = requestID()
      })
    return try #require(answer.appointment)
  }

  func rescheduled(
    _ old: SafeMobility.Appointment, to slot: Slot,
    by client: SafeMobility.AppointmentServiceClient? = nil
  ) async throws -> SafeMobility.RescheduleAppointmentResponse {
    try await (client ?? agent).rescheduleAppointment(
      .with {
        $0.name = old.name
        $0.slot = slot.resourceName
        $0.etag = old.etag
        $0.requestId = requestID()
      })
  }

  func checkIn(
    _ visit: SafeMobility.Appointment, at desk: String = "iom/FRONT_DESK"
  ) async throws -> SafeMobility.Appointment {
    let answer = try await client(desk).checkIn(
      .with {
        $0.name = visit.name
        $0.visitCode = visit.visitCode
        $0.etag = visit.etag
        $0.requestId = requestID()
      })
    return try #require(answer.appointment)
  }

  func started(_ visit: SafeMobility.Appointment) async throws -> SafeMobility.Appointment {
    let answer = try await interviewer.startAppointment(
      .with {
        $0.name = visit.name
        $0.etag = visit.etag
        $0.requestId = requestID()
      })
    return try #require(answer.appointment)
  }

  func completed(
    _ visit: SafeMobility.Appointment, _ attendance: [SafeMobility.Attendance]
  ) async throws -> SafeMobility.Appointment {
    let answer = try await interviewer.completeAppointment(
      .with {
        $0.name = visit.name
        $0.attendees = zip(persons, attendance).map { person, attendance in
          .with {
            $0.person = person
            $0.attendance = attendance
          }
        }
        $0.etag = visit.etag
        $0.requestId = requestID()
      })
    return try #require(answer.appointment)
  }

  func cancelled(
    _ visit: SafeMobility.Appointment, by client: SafeMobility.AppointmentServiceClient
  ) async throws -> SafeMobility.Appointment {
    let answer = try await client.cancelAppointment(
      .with {
        $0.name = visit.name
        $0.reason = .cannotAttend
        $0.etag = visit.etag
        $0.requestId = requestID()
      })
    return try #require(answer.appointment)
  }

  func freeSeats(_ slot: Slot? = nil) async throws -> Int? {
    let id = (slot ?? self.slot).id
    return try await world.store.read { try $0.slotAvailability(id)?.freeSeats }
  }
}
