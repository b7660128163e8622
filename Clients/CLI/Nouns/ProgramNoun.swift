import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela program`.
struct ProgramNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "program", abstract: "The programme, its intake windows and its rules.",
    subcommands: [
      Show.self, Update.self, Move<StartPilot>.self, ExtendProgram.self, Status.self, Rules.self,
      CheckEligibility.self, WindowNoun.self,
    ])

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows a programme.")
    static let method = SafeMobility.ProgramServiceMethods.getProgram
    static let purpose = SafeMobility.Purpose.programAdministration
    typealias Request = SafeMobility.GetProgramRequest
    typealias Response = SafeMobility.GetProgramResponse

    @Argument(help: "programs/ID.") var name = Defaults.program
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetProgramRequest, _ session: Session) {
      request.name = name
    }
  }

  struct Update: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Changes a programme's name, time zone or planned dates.")
    static let method = SafeMobility.ProgramServiceMethods.updateProgram
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.UpdateProgramRequest
    typealias Response = SafeMobility.UpdateProgramResponse

    @Argument(help: "programs/ID.") var name = Defaults.program
    @Option(help: "Its name for people.") var displayName: String?
    @Option(help: "Its time zone.") var timeZone: String?
    @Option(help: "The first day of the pilot.") var pilotStart: DateArgument?
    @Option(help: "The last day of the pilot.") var pilotEnd: DateArgument?
    @Option(help: "UpdateProgramRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      if let file { request = try file.read(as: Request.self) }
      var edit = Edit(request.program ?? .with { $0.name = name }, mask: request.updateMask)
      edit.set("display_name", \.displayName, displayName)
      edit.set("time_zone", \.timeZone, timeZone)
      edit.set("pilot_start_date", \.pilotStartDate, pilotStart?.date)
      edit.set("pilot_end_date", \.pilotEndDate, pilotEnd?.date)
      request.program = edit.resource
      request.updateMask = try edit.mask(isFromFile: file != nil)
      try await session.fill(&request.etag, of: edit.resource.name)
    }
  }

  enum StartPilot: MoveKind {
    typealias Response = SafeMobility.StartPilotResponse
    static let verb = "start-pilot"
    static let abstract = "Starts the pilot; two administrators, of both governments, must ask."
    static let method = SafeMobility.ProgramServiceMethods.startPilot
    static let purpose = SafeMobility.Purpose.programAdministration
    static let secondPerson: String? = "A PROGRAM_ADMIN of the other government"
    static var paths: MovePaths<SafeMobility.StartPilotRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  struct Rules: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists who may register, by date.")
    static let method = SafeMobility.ProgramServiceMethods.listEligibilityRules
    typealias Request = SafeMobility.ListEligibilityRulesRequest
    typealias Response = SafeMobility.ListEligibilityRulesResponse

    @Argument(help: "programs/ID.") var name = Defaults.program
    @Option(help: "Only the one in force then, RFC 3339.") var at: TimeArgument?
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListEligibilityRulesRequest, _ session: Session) {
      request.parent = name
      request.effectiveTime = at?.timestamp
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct Status: Verb {
    static let configuration = CommandConfiguration(abstract: "Says whether registrations come in.")
    static let method = SafeMobility.ProgramServiceMethods.getIntakeStatus
    typealias Request = SafeMobility.GetIntakeStatusRequest
    typealias Response = SafeMobility.GetIntakeStatusResponse

    @Argument(help: "programs/ID.") var name = Defaults.program
    @Option(help: "By which channel.") var channel: EnumArgument<SafeMobility.Channel>?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetIntakeStatusRequest, _ session: Session) {
      request.name = name
      if let channel { request.channel = channel.value }
    }
  }

  struct CheckEligibility: Verb {
    static let configuration = CommandConfiguration(
      commandName: "check-eligibility",
      abstract: "Tries the rule in force on a few facts; nothing is stored.")
    static let method = SafeMobility.ProgramServiceMethods.checkEligibility
    typealias Request = SafeMobility.CheckEligibilityRequest
    typealias Response = SafeMobility.CheckEligibilityResponse

    @Argument(help: "programs/ID.") var name = Defaults.program
    @Option(help: "A nationality, ISO 3166-1; may be repeated.") var nationality: [String]
    @Option(help: "The birth date, or its year.") var birthDate: DateArgument
    @Option(help: "Their standing where they are.")
    var hostStatus: EnumArgument<SafeMobility.HostStatus>?
    @Option(help: "Since when they are there.") var presentSince: DateArgument?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.CheckEligibilityRequest, _ session: Session) {
      request.name = name
      request.nationalityCodes = nationality
      request.birthDate = birthDate.date
      if let hostStatus { request.hostStatus = hostStatus.value }
      request.presentSinceDate = presentSince?.date
    }
  }
}

/// What is taken when nothing is said.
enum Defaults {
  static let program = "programs/gt-pilot-2023"
}
