import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela office schedule`.
struct ScheduleNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "When a service is given, and for how many.",
    subcommands: [Create.self, Show.self, Update.self, List.self])

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists an office's schedules.")
    static let method = SafeMobility.OfficeServiceMethods.listSchedules
    typealias Request = SafeMobility.ListSchedulesRequest
    typealias Response = SafeMobility.ListSchedulesResponse

    @Argument(help: "offices/ID.", completion: .custom(Candidates.offices))
    var office: String
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListSchedulesRequest, _ session: Session) {
      request.parent = office
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows a schedule.")
    static let method = SafeMobility.OfficeServiceMethods.getSchedule
    typealias Request = SafeMobility.GetScheduleRequest
    typealias Response = SafeMobility.GetScheduleResponse

    @Argument(help: "offices/ID/schedules/ID.") var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetScheduleRequest, _ session: Session) {
      request.name = name
    }
  }

  struct Create: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Adds a schedule; its slots are made by `slot generate`.")
    static let method = SafeMobility.OfficeServiceMethods.createSchedule
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateScheduleRequest
    typealias Response = SafeMobility.CreateScheduleResponse

    @Argument(help: "offices/ID/services/ID.") var service: String
    @Argument(help: "The schedule's id, such as mornings.") var id: String?
    @OptionGroup var facts: ScheduleFacts
    @Option(help: "CreateScheduleRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard file != nil || id != nil else {
        throw ValidationError("give the schedule's id, or --file")
      }
    }

    func fill(_ request: inout Request, _ session: Session) throws {
      if let file { request = try file.read(as: Request.self) }
      request.parent = ResourceName.parent(of: service)
      if let id { request.scheduleId = id }
      var edit = Edit(request.schedule ?? .init(), mask: nil)
      facts.fill(&edit)
      request.schedule = edit.resource
      request.schedule?.service = service
    }
  }

  struct Update: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Changes a schedule; slots that exist stay as they are.")
    static let method = SafeMobility.OfficeServiceMethods.updateSchedule
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.UpdateScheduleRequest
    typealias Response = SafeMobility.UpdateScheduleResponse

    @Argument(help: "offices/ID/schedules/ID.") var name: String
    @OptionGroup var facts: ScheduleFacts
    @Option(help: "UpdateScheduleRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      if let file { request = try file.read(as: Request.self) }
      var edit = Edit(request.schedule ?? .init(), mask: request.updateMask)
      facts.fill(&edit)
      request.schedule = edit.resource
      request.schedule?.name = name
      request.updateMask = try edit.mask(isFromFile: file != nil)
      try await session.fill(&request.etag, of: name)
    }
  }
}

/// What can be said of a schedule.
struct ScheduleFacts: ParsableArguments {
  @Option(help: "RFC 5545, such as 'FREQ=WEEKLY;BYDAY=MO,TU'.") var rrule: String?
  @Option(help: "The first day.") var firstDate: DateArgument?
  @Option(help: "Minutes after midnight of each day's first slot.") var firstMinute: Int32?
  @Option(help: "Seats of each slot.") var seats: Int32?
  @Option(help: "A day without slots; may be repeated.") var exceptDate: [DateArgument] = []
  @Option(help: "A language spoken there; may be repeated.") var language: [String] = []

  /// Puts them into a schedule.
  func fill(_ edit: inout Edit<SafeMobility.Schedule>) {
    edit.set("rrule", \.rrule, rrule)
    edit.set("first_date", \.firstDate, firstDate?.date)
    edit.set("first_minute", \.firstMinute, firstMinute)
    edit.set("capacity", \.capacity, seats)
    edit.set("except_dates", \.exceptDates, exceptDate.isEmpty ? nil : exceptDate.map(\.date))
    edit.set("language_codes", \.languageCodes, language.isEmpty ? nil : language)
  }
}
