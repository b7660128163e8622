import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela slot`.
struct SlotNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slot", abstract: "Times with seats.", subcommands: [List.self, Generate.self])

  struct List: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Lists the slots of an office, or of one schedule, by time.")
    static let method = SafeMobility.OfficeServiceMethods.listSlots
    typealias Request = SafeMobility.ListSlotsRequest
    typealias Response = SafeMobility.ListSlotsResponse

    @Argument(
      help: "offices/ID or offices/ID/schedules/ID.", completion: .custom(Candidates.offices))
    var parent: String
    @Option(help: "Only this service: offices/ID/services/ID.") var service: String?
    @Option(help: "Only with so many free seats.") var free: Int32 = 0
    @Option(help: "Only from then on, RFC 3339.") var from: TimeArgument?
    @Option(help: "Only before then, RFC 3339.") var until: TimeArgument?
    @Option(help: "Only where this language is spoken.") var language = ""
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListSlotsRequest, _ session: Session) {
      request.parent = parent
      request.service = service ?? ""
      request.minFreeSeats = free
      request.startTime = from?.timestamp
      request.endTime = until?.timestamp
      request.languageCode = language
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct Generate: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Makes the slots of a schedule; those that exist stay as they are.")
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
