import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela office`.
struct OfficeNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "office", abstract: "Offices, what they offer, and when.",
    subcommands: [
      List.self, Show.self, Create.self, Services.self, AddService.self, Schedules.self,
      AddSchedule.self,
    ])

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the offices.")
    static let method = SafeMobility.OfficeServiceMethods.listOffices
    typealias Request = SafeMobility.ListOfficesRequest
    typealias Response = SafeMobility.ListOfficesResponse

    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListOfficesRequest, _ session: Session) {}
  }

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows an office.")
    static let method = SafeMobility.OfficeServiceMethods.getOffice
    typealias Request = SafeMobility.GetOfficeRequest
    typealias Response = SafeMobility.GetOfficeResponse

    @Argument(help: "offices/ID.") var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetOfficeRequest, _ session: Session) {
      request.name = name
    }
  }

  struct Create: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Makes an office from a request in canonical JSON.")
    static let method = SafeMobility.OfficeServiceMethods.createOffice
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateOfficeRequest
    typealias Response = SafeMobility.CreateOfficeResponse

    @Option(help: "CreateOfficeRequest as JSON; - is standard input.") var file: RequestFile
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) throws {
      request = try file.read(as: Request.self)
    }
  }

  struct Services: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists what an office offers.")
    static let method = SafeMobility.OfficeServiceMethods.listServices
    typealias Request = SafeMobility.ListServicesRequest
    typealias Response = SafeMobility.ListServicesResponse

    @Argument(help: "offices/ID.") var office: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListServicesRequest, _ session: Session) {
      request.parent = office
    }
  }

  struct AddService: Verb {
    static let configuration = CommandConfiguration(
      commandName: "add-service", abstract: "Makes a service from a request in canonical JSON.")
    static let method = SafeMobility.OfficeServiceMethods.createService
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateServiceRequest
    typealias Response = SafeMobility.CreateServiceResponse

    @Option(help: "CreateServiceRequest as JSON; - is standard input.") var file: RequestFile
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) throws {
      request = try file.read(as: Request.self)
    }
  }

  struct Schedules: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists an office's schedules.")
    static let method = SafeMobility.OfficeServiceMethods.listSchedules
    typealias Request = SafeMobility.ListSchedulesRequest
    typealias Response = SafeMobility.ListSchedulesResponse

    @Argument(help: "offices/ID.") var office: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListSchedulesRequest, _ session: Session) {
      request.parent = office
    }
  }

  struct AddSchedule: Verb {
    static let configuration = CommandConfiguration(
      commandName: "add-schedule", abstract: "Makes a schedule of a service.")
    static let method = SafeMobility.OfficeServiceMethods.createSchedule
    static let purpose = SafeMobility.Purpose.processing
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateScheduleRequest
    typealias Response = SafeMobility.CreateScheduleResponse

    @Argument(help: "offices/ID/services/ID.") var service: String
    @Argument(help: "The schedule's id, such as mornings.") var id: String
    @Option(help: "RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,TU.") var rrule: String
    @Option(help: "The first day.") var firstDate: DateArgument
    @Option(help: "Minutes after midnight of the first slot.") var firstMinute: Int32
    @Option(help: "Seats of each slot.") var seats: Int32
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) {
      request.parent = service.split(separator: "/").prefix(2).joined(separator: "/")
      request.scheduleId = id
      request.schedule = .with {
        $0.service = service
        $0.rrule = rrule
        $0.firstDate = firstDate.date
        $0.firstMinute = firstMinute
        $0.capacity = seats
      }
    }
  }
}

/// `pasarela slot`.
struct SlotNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slot", abstract: "Times with seats.", subcommands: [List.self, Generate.self])

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists an office's slots.")
    static let method = SafeMobility.OfficeServiceMethods.listSlots
    typealias Request = SafeMobility.ListSlotsRequest
    typealias Response = SafeMobility.ListSlotsResponse

    @Argument(help: "offices/ID.") var office: String
    @Option(help: "Only this service: offices/ID/services/ID.") var service: String?
    @Option(help: "Only with so many free seats.") var free: Int32 = 0
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListSlotsRequest, _ session: Session) {
      request.parent = office
      request.service = service ?? ""
      request.minFreeSeats = free
    }
  }

  struct Generate: Verb {
    static let configuration = CommandConfiguration(abstract: "Makes the slots of a schedule.")
    static let method = SafeMobility.OfficeServiceMethods.generateSlots
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.GenerateSlotsRequest
    typealias Response = SafeMobility.GenerateSlotsResponse

    @Argument(help: "offices/ID/schedules/ID.") var schedule: String
    @Option(help: "The first day.") var from: DateArgument
    @Option(help: "The last day.") var through: DateArgument
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) {
      request.schedule = schedule
      request.startDate = from.date
      request.endDate = through.date
    }
  }
}
