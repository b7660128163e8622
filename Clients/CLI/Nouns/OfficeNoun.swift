import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela office`.
struct OfficeNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "office", abstract: "Offices, what they offer, and when.",
    subcommands: [
      Create.self, Show.self, Update.self, List.self, ServiceNoun.self, ScheduleNoun.self,
    ])

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the offices.")
    static let method = SafeMobility.OfficeServiceMethods.listOffices
    static let purpose = SafeMobility.Purpose.programAdministration
    typealias Request = SafeMobility.ListOfficesRequest
    typealias Response = SafeMobility.ListOfficesResponse

    @Option(help: "A condition, see the schema.") var filter = ""
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListOfficesRequest, _ session: Session) {
      request.filter = filter
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows an office.")
    static let method = SafeMobility.OfficeServiceMethods.getOffice
    static let purpose = SafeMobility.Purpose.programAdministration
    typealias Request = SafeMobility.GetOfficeRequest
    typealias Response = SafeMobility.GetOfficeResponse

    @Argument(help: "offices/ID.", completion: .custom(Candidates.offices))
    var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetOfficeRequest, _ session: Session) {
      request.name = name
    }
  }

  struct Create: Verb {
    static let configuration = CommandConfiguration(abstract: "Opens an office.")
    static let method = SafeMobility.OfficeServiceMethods.createOffice
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateOfficeRequest
    typealias Response = SafeMobility.CreateOfficeResponse

    @Argument(help: "The office's id, such as gt-ant-01.") var id: String?
    @OptionGroup var facts: OfficeFacts
    @Option(help: "The programme.") var program = Defaults.program
    @Option(help: "The country, ISO 3166-1.") var region = "GT"
    @Option(help: "CreateOfficeRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard file != nil || id != nil else {
        throw ValidationError("give the office's id, or --file")
      }
    }

    func fill(_ request: inout Request, _ session: Session) throws {
      if let file {
        request = try file.read(as: Request.self)
      } else {
        request.office = .with {
          $0.program = program
          $0.regionCode = region
          $0.timeZone = "America/Guatemala"
        }
      }
      if let id { request.officeId = id }
      var edit = Edit(request.office ?? .init(), mask: nil)
      facts.fill(&edit)
      request.office = edit.resource
    }
  }

  struct Update: Verb {
    static let configuration = CommandConfiguration(abstract: "Changes an office.")
    static let method = SafeMobility.OfficeServiceMethods.updateOffice
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.UpdateOfficeRequest
    typealias Response = SafeMobility.UpdateOfficeResponse

    @Argument(help: "offices/ID.", completion: .custom(Candidates.offices))
    var name: String
    @OptionGroup var facts: OfficeFacts
    @Option(help: "UpdateOfficeRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      if let file { request = try file.read(as: Request.self) }
      var edit = Edit(request.office ?? .init(), mask: request.updateMask)
      facts.fill(&edit)
      request.office = edit.resource
      request.office?.name = name
      request.updateMask = try edit.mask(isFromFile: file != nil)
      try await session.fill(&request.etag, of: name)
    }
  }
}

/// What can be said of an office.
struct OfficeFacts: ParsableArguments {
  @Option(help: "Its name for people.") var displayName: String?
  @Option(help: "Who runs it: partners/ID.") var organisation: String?
  @Option(help: "The department, ISO 3166-2.") var subdivision: String?
  @Option(help: "Its time zone.") var timeZone: String?
  @Option(help: "A language spoken there; may be repeated.") var language: [String] = []
  @Option(help: "A line of its address; may be repeated.") var address: [String] = []
  @Option(help: "What it has for those who need it; may be repeated.")
  var accessibility: [EnumArgument<SafeMobility.AccessibilityFeature>] = []
  @Option(help: "Whether its place is settled: true or false.") var confirmed: Bool?

  /// Puts them into an office.
  func fill(_ edit: inout Edit<SafeMobility.Office>) {
    edit.set("display_name", \.displayName, displayName)
    edit.set("organisation", \.organisation, organisation)
    edit.set("subdivision_code", \.subdivisionCode, subdivision)
    edit.set("time_zone", \.timeZone, timeZone)
    edit.set("language_codes", \.languageCodes, language.isEmpty ? nil : language)
    edit.set("address_lines", \.addressLines, address.isEmpty ? nil : address)
    edit.set(
      "accessibility_features", \.accessibilityFeatures,
      accessibility.isEmpty ? nil : accessibility.map(\.value))
    edit.set("confirmed", \.confirmed, confirmed)
  }
}
