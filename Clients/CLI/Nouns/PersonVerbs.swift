import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// Verbs for the people of a household.
extension RegistrationNoun {
  struct AddPerson: Verb {
    static let configuration = CommandConfiguration(
      commandName: "add-person", abstract: "Adds a member to a household.")
    static let method = SafeMobility.ApplicantServiceMethods.addPerson
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.AddPersonRequest
    typealias Response = SafeMobility.AddPersonResponse

    @Argument(help: "registrations/ID.") var registration: String
    @Option(help: "The full name.") var name: String?
    @Option(help: "What they are to the principal.")
    var relationship: EnumArgument<SafeMobility.Relationship>?
    @OptionGroup var facts: PersonFacts
    @Option(help: "AddPersonRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard file != nil || (name != nil && relationship != nil && facts.birthDate != nil) else {
        throw ValidationError("give --name, --birth-date and --relationship, or --file")
      }
    }

    func fill(_ request: inout Request, _ session: Session) throws {
      if let file {
        request = try file.read(as: Request.self)
      } else {
        request.person = .with { $0.nameSystem = .twoSurnames }
      }
      request.parent = registration
      if let relationship { request.relationship = relationship.value }
      var edit = Edit(request.person ?? .init(), mask: nil)
      edit.set("full_name", \.fullName, name)
      facts.fill(&edit)
      request.person = edit.resource
    }
  }

  struct UpdatePerson: Verb {
    static let configuration = CommandConfiguration(
      commandName: "update-person", abstract: "Corrects what is known of a person.")
    static let method = SafeMobility.ApplicantServiceMethods.updatePerson
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.UpdatePersonRequest
    typealias Response = SafeMobility.UpdatePersonResponse

    @Argument(help: "registrations/ID/persons/ID.") var person: String
    @Option(help: "The full name.") var name: String?
    @OptionGroup var facts: PersonFacts
    @Option(help: "UpdatePersonRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      if let file { request = try file.read(as: Request.self) }
      var edit = Edit(request.person ?? .init(), mask: request.updateMask)
      edit.set("full_name", \.fullName, name)
      facts.fill(&edit)
      request.person = edit.resource
      request.person?.name = person
      request.updateMask = try edit.mask(isFromFile: file != nil)
      try await session.fill(&request.etag, of: person)
    }
  }

  enum RemovePerson: MoveKind {
    typealias Response = SafeMobility.RemovePersonResponse
    static let verb = "remove-person"
    static let abstract = "Takes a member out of a household."
    static let method = SafeMobility.ApplicantServiceMethods.removePerson
    static var paths: MovePaths<SafeMobility.RemovePersonRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }
}

/// What can be said of a person besides the name.
struct PersonFacts: ParsableArguments {
  @Option(help: "The birth date: 1990-02-28, or 1990-02, or 1990.") var birthDate: DateArgument?
  @Option(help: "F, M or X.") var sex: SexArgument?
  @Option(help: "A nationality, ISO 3166-1; may be repeated; GT if not said.")
  var nationality: [String] = []
  @Option(help: "A telephone, E.164.") var phone: String?
  @Option(help: "An e-mail address.") var email: String?
  @Option(help: "Who answers for a minor: registrations/ID/persons/ID.") var guardian: String?
  @Option(help: "Mother or father, of the same registration; may be repeated.")
  var parent: [String] = []
  @Option(help: "Husband, wife or partner, of the same registration.") var spouse: String?
  @OptionGroup var work: WorkOptions

  /// Puts them into a person.
  func fill(_ edit: inout Edit<SafeMobility.Person>) {
    edit.set("birth_date", \.birthDate, birthDate?.date)
    edit.set("birth_date_precision", \.birthDatePrecision, birthDate?.precision)
    edit.set("sex", \.sex, sex?.value)
    edit.set("nationality_codes", \.nationalityCodes, nationality.isEmpty ? nil : nationality)
    edit.set("phone", \.phone, phone)
    edit.set("email", \.email, email)
    edit.set("guardian", \.guardian, guardian)
    edit.set("parents", \.parents, parent.isEmpty ? nil : parent)
    edit.set("spouse", \.spouse, spouse)
    var inner = Edit(edit.resource.work ?? .init(), mask: nil)
    work.fill(&inner)
    edit.set("work", \.work, changed: inner)
  }
}

/// `F`, `M`, `X` as on a passport, or the schema's word.
struct SexArgument: ExpressibleByArgument {
  let value: SafeMobility.Sex

  init?(argument: String) {
    switch argument.uppercased() {
    case "F": value = .female
    case "M": value = .male
    default:
      guard let sex = EnumArgument<SafeMobility.Sex>(argument: argument) else { return nil }
      value = sex.value
    }
  }

  static var allValueStrings: [String] { ["F", "M", "X"] }
}
