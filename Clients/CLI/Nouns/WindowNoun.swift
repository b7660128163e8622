import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

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

    @Argument(help: "The window's id, such as opening.") var id: String?
    @Option(help: "When it opens, RFC 3339.") var open: TimeArgument?
    @Option(help: "When it closes, RFC 3339.") var close: TimeArgument?
    @Option(help: "How many registrations it admits.") var quota: Int32?
    @Option(help: "The one channel it is for; all if not said.")
    var channel: EnumArgument<SafeMobility.Channel>?
    @Option(help: "The programme.") var program = Defaults.program
    @Option(help: "CreateIntakeWindowRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard file != nil || (id != nil && open != nil && close != nil && quota != nil) else {
        throw ValidationError("give the window's id, --open, --close and --quota, or --file")
      }
    }

    func fill(_ request: inout Request, _ session: Session) throws {
      if let file { request = try file.read(as: Request.self) }
      if request.parent.isEmpty { request.parent = program }
      if let id { request.intakeWindowId = id }
      var window = request.intakeWindow ?? .init()
      if let open { window.openTime = open.timestamp }
      if let close { window.closeTime = close.timestamp }
      if let quota { window.quota = quota }
      if let channel { window.channel = channel.value }
      request.intakeWindow = window
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the windows.")
    static let method = SafeMobility.ProgramServiceMethods.listIntakeWindows
    typealias Request = SafeMobility.ListIntakeWindowsRequest
    typealias Response = SafeMobility.ListIntakeWindowsResponse

    @Argument(help: "programs/ID.") var program = Defaults.program
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListIntakeWindowsRequest, _ session: Session) {
      request.parent = program
      page.fill(&request.pageSize, &request.pageToken)
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
