import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela office service`.
struct ServiceNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service", abstract: "What an office offers.",
    subcommands: [Create.self, Show.self, Update.self, List.self])

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists what an office offers.")
    static let method = SafeMobility.OfficeServiceMethods.listServices
    static let purpose = SafeMobility.Purpose.programAdministration
    typealias Request = SafeMobility.ListServicesRequest
    typealias Response = SafeMobility.ListServicesResponse

    @Argument(help: "offices/ID.", completion: .custom(Candidates.offices))
    var office: String
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListServicesRequest, _ session: Session) {
      request.parent = office
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows a service.")
    static let method = SafeMobility.OfficeServiceMethods.getService
    static let purpose = SafeMobility.Purpose.programAdministration
    typealias Request = SafeMobility.GetServiceRequest
    typealias Response = SafeMobility.GetServiceResponse

    @Argument(help: "offices/ID/services/ID.") var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetServiceRequest, _ session: Session) {
      request.name = name
    }
  }

  struct Create: Verb {
    static let configuration = CommandConfiguration(abstract: "Adds a service to an office.")
    static let method = SafeMobility.OfficeServiceMethods.createService
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateServiceRequest
    typealias Response = SafeMobility.CreateServiceResponse

    @Argument(help: "offices/ID.", completion: .custom(Candidates.offices))
    var office: String
    @Argument(help: "The service's id, such as interview.") var id: String?
    @OptionGroup var facts: ServiceFacts
    @Option(help: "CreateServiceRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard file != nil || id != nil else {
        throw ValidationError("give the service's id, or --file")
      }
    }

    func fill(_ request: inout Request, _ session: Session) throws {
      if let file {
        request = try file.read(as: Request.self)
      } else {
        request.service = .with { $0.modality = .inPerson }
      }
      request.parent = office
      if let id { request.serviceId = id }
      var edit = Edit(request.service ?? .init(), mask: nil)
      facts.fill(&edit)
      request.service = edit.resource
    }
  }

  struct Update: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Changes a service; what is booked keeps its time.")
    static let method = SafeMobility.OfficeServiceMethods.updateService
    static let purpose = SafeMobility.Purpose.programAdministration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.UpdateServiceRequest
    typealias Response = SafeMobility.UpdateServiceResponse

    @Argument(help: "offices/ID/services/ID.") var name: String
    @OptionGroup var facts: ServiceFacts
    @Option(help: "UpdateServiceRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      if let file { request = try file.read(as: Request.self) }
      var edit = Edit(request.service ?? .init(), mask: request.updateMask)
      facts.fill(&edit)
      request.service = edit.resource
      request.service?.name = name
      request.updateMask = try edit.mask(isFromFile: file != nil)
      try await session.fill(&request.etag, of: name)
    }
  }
}

/// What can be said of a service.
struct ServiceFacts: ParsableArguments {
  @Option(help: "What it is.") var kind: EnumArgument<SafeMobility.ServiceKind>?
  @Option(help: "How people attend.") var modality: EnumArgument<SafeMobility.Modality>?
  @Option(help: "LANGUAGE:NAME for people; may be repeated.") var displayName: [TextArgument] = []
  @Option(help: "How long it takes: 45m, 1h.") var duration: LengthArgument?
  @Option(help: "How long before it can no longer be booked: 1h.") var leadTime: LengthArgument?
  @Option(help: "The largest household.") var partyMax: Int32?
  @Option(help: "A document to bring; may be repeated.")
  var document: [EnumArgument<SafeMobility.DocumentType>] = []
  @Option(help: "A state in which a registration may book it; may be repeated.")
  var bookable: [EnumArgument<SafeMobility.RegistrationState>] = []

  /// Puts them into a service.
  func fill(_ edit: inout Edit<SafeMobility.Service>) {
    edit.set("kind", \.kind, kind?.value)
    edit.set("modality", \.modality, modality?.value)
    edit.set("display_names", \.displayNames, displayName.isEmpty ? nil : displayName.map(\.text))
    edit.set("duration", \.duration, duration?.duration)
    edit.set("lead_time", \.leadTime, leadTime?.duration)
    edit.set("party_max", \.partyMax, partyMax)
    edit.set("document_types", \.documentTypes, document.isEmpty ? nil : document.map(\.value))
    edit.set("bookable_states", \.bookableStates, bookable.isEmpty ? nil : bookable.map(\.value))
  }
}

/// `LANGUAGE:TEXT`, such as `es-GT:Entrevista`.
struct TextArgument: ExpressibleByArgument {
  let text: SafeMobility.LocalizedText

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    text = .with {
      $0.languageCode = String(parts[0])
      $0.text = String(parts[1])
    }
  }
}
