import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela registration create`: a whole household in one command.
struct CreateRegistration: Verb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Begins a registration for a whole household.",
    discussion: """
      Say who by options, or give a CreateRegistrationRequest with --file. For example:

        pasarela registration create --name 'Marta Xol Caal' --birth-date 1990-02-28 \
      --phone +50200000001 --host-status IN_OWN_COUNTRY --subdivision GT-09 --language kek \
      --member 'SPOUSE:Juan Quej Tzoc:1988-11-03:M' --member 'CHILD:Ana Quej Xol:2012' \
      --skill FRUIT --available-from 2023-09 --leaving-reason NO_WORK \
      --petitioner 'SIBLING:CITIZEN:FILED:Luz Xol Caal'
      """)
  static let method = SafeMobility.ApplicantServiceMethods.createRegistration
  static var requestID: WritableKeyPath<Request, String>? { \.requestId }
  typealias Request = SafeMobility.CreateRegistrationRequest
  typealias Response = SafeMobility.CreateRegistrationResponse

  @Option(
    name: [.long, .customLong("principal-name")], help: "The principal's full name.")
  var name: String?
  @OptionGroup var principal: PersonFacts
  @Option(help: "RELATIONSHIP:NAME:BIRTHDATE[:SEX[:NATIONALITY]] of a member; may be repeated.")
  var member: [MemberArgument] = []
  @OptionGroup var facts: RegistrationFacts
  @OptionGroup var answers: AnswerOptions
  @Option(help: "The country they are in.") var hostRegion = "GT"
  @Option(help: "How it comes in.") var channel = EnumArgument(SafeMobility.Channel.contactCentre)
  @Option(help: "The programme.") var program = Defaults.program
  @Option(help: "CreateRegistrationRequest as JSON; - is standard input.") var file: RequestFile?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard file != nil || (name != nil && principal.birthDate != nil) else {
      throw ValidationError("give --name and --birth-date, or --file")
    }
  }

  func fill(_ request: inout Request, _ session: Session) throws {
    if let file {
      request = try file.read(as: Request.self)
    } else {
      request.registration = .with {
        $0.program = program
        $0.hostRegionCode = hostRegion
        $0.channel = channel.value
        $0.languageCode = "es-GT"
      }
      request.principal = .with {
        $0.nameSystem = .twoSurnames
        $0.nationalityCodes = ["GT"]
      }
    }
    var registration = Edit(request.registration ?? .init(), mask: nil)
    var person = Edit(request.principal ?? .init(), mask: nil)
    person.set("full_name", \.fullName, name)
    principal.fill(&person)
    facts.fill(&registration)
    request.principal = person.resource
    request.registration = registration.resource
    request.registration?.answers = answers.filled(registration.resource.answers)
    let nationalities = person.resource.nationalityCodes
    if request.registration?.homeRegionCode.isEmpty == true {
      request.registration?.homeRegionCode = nationalities.first ?? ""
    }
    request.members += member.map { $0.newPerson(nationalities: nationalities) }
  }
}

/// `RELATIONSHIP:NAME:BIRTHDATE[:SEX[:NATIONALITY]]`, such as `CHILD:Ana Quej Xol:2012-05-17:F`.
struct MemberArgument: ExpressibleByArgument {
  private let relationship: SafeMobility.Relationship
  private let name: String
  private let birthDate: DateArgument
  private let sex: SafeMobility.Sex?
  private let nationality: String?

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (3...5).contains(parts.count), !parts[1].isEmpty,
      let relationship = EnumArgument<SafeMobility.Relationship>(argument: parts[0]),
      let birthDate = DateArgument(argument: parts[2])
    else { return nil }
    self.relationship = relationship.value
    name = parts[1]
    self.birthDate = birthDate
    if parts.count > 3, !parts[3].isEmpty {
      guard let sex = SexArgument(argument: parts[3]) else { return nil }
      self.sex = sex.value
    } else {
      sex = nil
    }
    nationality = parts.count > 4 ? parts[4] : nil
  }

  /// The member; of the principal's nationalities where none is said.
  func newPerson(nationalities: [String]) -> SafeMobility.NewPerson {
    .with {
      $0.relationship = relationship
      $0.person = .with {
        $0.fullName = name
        $0.nameSystem = .twoSurnames
        $0.birthDate = birthDate.date
        $0.birthDatePrecision = birthDate.precision
        $0.sex = sex
        $0.nationalityCodes = nationality.map { [$0] } ?? nationalities
      }
    }
  }
}
