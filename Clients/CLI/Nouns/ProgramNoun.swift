import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela program`.
struct ProgramNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "program", abstract: "The programme, its intake windows and its rules.",
    subcommands: [
      Show.self, Move<StartPilot>.self, Rules.self, Status.self, WindowNoun.self,
    ])

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows a programme.")
    static let method = SafeMobility.ProgramServiceMethods.getProgram
    typealias Request = SafeMobility.GetProgramRequest
    typealias Response = SafeMobility.GetProgramResponse

    @Argument(help: "programs/ID.") var name = Defaults.program
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetProgramRequest, _ session: Session) {
      request.name = name
    }
  }

  enum StartPilot: MoveKind {
    typealias Response = SafeMobility.StartPilotResponse
    static let verb = "start-pilot"
    static let abstract = "Starts the pilot; two administrators, of both governments, must ask."
    static let method = SafeMobility.ProgramServiceMethods.startPilot
    static let purpose = SafeMobility.Purpose.programAdministration
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
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListEligibilityRulesRequest, _ session: Session) {
      request.parent = name
    }
  }

  struct Status: Verb {
    static let configuration = CommandConfiguration(abstract: "Says whether registrations come in.")
    static let method = SafeMobility.ProgramServiceMethods.getIntakeStatus
    typealias Request = SafeMobility.GetIntakeStatusRequest
    typealias Response = SafeMobility.GetIntakeStatusResponse

    @Argument(help: "programs/ID.") var name = Defaults.program
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetIntakeStatusRequest, _ session: Session) {
      request.name = name
    }
  }
}

/// `pasarela program window`.
struct WindowNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "window", abstract: "Intake windows: when registrations come in, and how many.",
    subcommands: [
      Create.self, List.self, Move<Open>.self, Move<Pause>.self, Move<Close>.self,
    ])

  struct Create: Verb {
    static let configuration = CommandConfiguration(abstract: "Plans a window.")
    static let method = SafeMobility.ProgramServiceMethods.createIntakeWindow
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateIntakeWindowRequest
    typealias Response = SafeMobility.CreateIntakeWindowResponse

    @Argument(help: "The window's id, such as opening.") var id: String
    @Option(help: "When it opens, RFC 3339.") var open: TimeArgument
    @Option(help: "When it closes, RFC 3339.") var close: TimeArgument
    @Option(help: "How many registrations it admits.") var quota: Int64
    @Option(help: "The programme.") var program = Defaults.program
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) {
      request.parent = program
      request.intakeWindowId = id
      request.intakeWindow = .with {
        $0.openTime = open.timestamp
        $0.closeTime = close.timestamp
        $0.quota = .init(quota)
      }
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the windows.")
    static let method = SafeMobility.ProgramServiceMethods.listIntakeWindows
    typealias Request = SafeMobility.ListIntakeWindowsRequest
    typealias Response = SafeMobility.ListIntakeWindowsResponse

    @Argument(help: "programs/ID.") var program = Defaults.program
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListIntakeWindowsRequest, _ session: Session) {
      request.parent = program
    }
  }

  enum Open: MoveKind {
    typealias Response = SafeMobility.OpenIntakeWindowResponse
    static let verb = "open"
    static let abstract = "Opens a window."
    static let method = SafeMobility.ProgramServiceMethods.openIntakeWindow
    static let purpose = SafeMobility.Purpose.programAdministration
    static var paths: MovePaths<SafeMobility.OpenIntakeWindowRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  enum Pause: MoveKind {
    typealias Response = SafeMobility.PauseIntakeWindowResponse
    static let verb = "pause"
    static let abstract = "Interrupts a window."
    static let method = SafeMobility.ProgramServiceMethods.pauseIntakeWindow
    static let purpose = SafeMobility.Purpose.programAdministration
    static var paths: MovePaths<SafeMobility.PauseIntakeWindowRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  enum Close: MoveKind {
    typealias Response = SafeMobility.CloseIntakeWindowResponse
    static let verb = "close"
    static let abstract = "Ends a window."
    static let method = SafeMobility.ProgramServiceMethods.closeIntakeWindow
    static let purpose = SafeMobility.Purpose.programAdministration
    static var paths: MovePaths<SafeMobility.CloseIntakeWindowRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }
}

/// What is taken when nothing is said.
enum Defaults {
  static let program = "programs/gt-pilot-2023"
}
