import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela appointment`.
struct AppointmentNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "appointment", abstract: "Holding, booking and attending.",
    subcommands: [
      Hold.self, Move<Renew>.self, Move<Release>.self, Book.self, Show.self, List.self,
      CheckIn.self, Move<Start>.self, Complete.self, Cancel.self,
    ])

  struct Hold: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Claims a slot's seats for a household for ten minutes.")
    static let method = SafeMobility.AppointmentServiceMethods.holdSlot
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.HoldSlotRequest
    typealias Response = SafeMobility.HoldSlotResponse

    @Argument(help: "offices/ID/schedules/ID/slots/ID.") var slot: String
    @Argument(help: "registrations/ID.") var registration: String
    @Option(help: "How many; one for each of the household if not said.") var seats: Int32?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.slot = slot
      request.registration = registration
      if let seats {
        request.seats = seats
      } else {
        request.seats = Int32(try await session.household(of: registration).count)
      }
    }
  }

  struct Book: Verb {
    static let configuration = CommandConfiguration(abstract: "Makes a hold an appointment.")
    static let method = SafeMobility.AppointmentServiceMethods.bookAppointment
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.BookAppointmentRequest
    typealias Response = SafeMobility.BookAppointmentResponse

    @Argument(help: "holds/ID.") var hold: String
    @Argument(help: "registrations/ID; its whole household comes.") var registration: String
    @Option(help: "The hold's fence.") var fence: Int64
    @Flag(help: "Make all checks, change nothing.") var validateOnly = false
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.hold = hold
      request.fence = fence
      request.validateOnly = validateOnly
      request.attendees = try await session.household(of: registration)
    }
  }

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows an appointment.")
    static let method = SafeMobility.AppointmentServiceMethods.getAppointment
    typealias Request = SafeMobility.GetAppointmentRequest
    typealias Response = SafeMobility.GetAppointmentResponse

    @Argument(help: "appointments/ID.") var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetAppointmentRequest, _ session: Session) {
      request.name = name
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the appointments you may see.")
    static let method = SafeMobility.AppointmentServiceMethods.listAppointments
    typealias Request = SafeMobility.ListAppointmentsRequest
    typealias Response = SafeMobility.ListAppointmentsResponse

    @Option(help: "offices/ID.") var office = ""
    @Option(help: "registrations/ID.") var registration = ""
    @Option(help: "Only in this state.") var state: EnumArgument<SafeMobility.AppointmentState>?
    @Option(help: "A further condition, see the schema.") var filter = ""
    @Option(help: "Only from then on, RFC 3339.") var from: TimeArgument?
    @Option(help: "Only before then, RFC 3339.") var until: TimeArgument?
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListAppointmentsRequest, _ session: Session) {
      request.office = office
      request.registration = registration
      request.filter = Filter.text(state: state, and: filter)
      request.startTime = from?.timestamp
      request.endTime = until?.timestamp
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct CheckIn: Verb {
    static let configuration = CommandConfiguration(
      commandName: "check-in", abstract: "Receives a household by its visit code.")
    static let method = SafeMobility.AppointmentServiceMethods.checkIn
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CheckInRequest
    typealias Response = SafeMobility.CheckInResponse

    @Argument(help: "appointments/ID.") var name: String
    @Option(name: [.long, .customLong("visit-code")], help: "The code the household shows.")
    var code: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.visitCode = code
      request.etag = try await session.etag(of: name)
    }
  }

  enum Start: MoveKind {
    typealias Response = SafeMobility.StartAppointmentResponse
    static let verb = "start"
    static let abstract = "Begins, with the household at the desk."
    static let method = SafeMobility.AppointmentServiceMethods.startAppointment
    static var paths: MovePaths<SafeMobility.StartAppointmentRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  struct Complete: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Ends, with everybody present but those named.")
    static let method = SafeMobility.AppointmentServiceMethods.completeAppointment
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CompleteAppointmentRequest
    typealias Response = SafeMobility.CompleteAppointmentResponse

    @Argument(help: "appointments/ID.") var name: String
    @Option(help: "Who did not come: registrations/ID/persons/ID; may be repeated.")
    var absent: [String] = []
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      let appointment = try await session.appointment(name)
      let strangers = Set(absent).subtracting(appointment.attendees.map(\.person))
      guard strangers.isEmpty else {
        throw ValidationError(
          "not expected at \(name): \(strangers.sorted().joined(separator: ", "))")
      }
      request.name = name
      request.etag = options.etag ?? appointment.etag
      request.attendees = appointment.attendees.map { attendee in
        .with {
          $0.person = attendee.person
          $0.attendance = absent.contains(attendee.person) ? .absent : .present
        }
      }
    }
  }

  struct Cancel: Verb {
    static let configuration = CommandConfiguration(abstract: "Calls an appointment off.")
    static let method = SafeMobility.AppointmentServiceMethods.cancelAppointment
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CancelAppointmentRequest
    typealias Response = SafeMobility.CancelAppointmentResponse

    @Argument(help: "appointments/ID.") var name: String
    @Option(help: "Why.") var reason: EnumArgument<SafeMobility.CancelReason>
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.reason = reason.value
      request.etag = try await session.etag(of: name)
    }
  }

  enum Renew: MoveKind {
    typealias Response = SafeMobility.RenewHoldResponse
    static let verb = "renew"
    static let abstract = "Gives a hold ten minutes more, once; its etag must be given."
    static let method = SafeMobility.AppointmentServiceMethods.renewHold
    static var paths: MovePaths<SafeMobility.RenewHoldRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  enum Release: MoveKind {
    typealias Response = SafeMobility.ReleaseHoldResponse
    static let verb = "release"
    static let abstract = "Gives a hold's seats back; its etag must be given."
    static let method = SafeMobility.AppointmentServiceMethods.releaseHold
    static var paths: MovePaths<SafeMobility.ReleaseHoldRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }
}
