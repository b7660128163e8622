import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela registration create`: a whole household in one command.
struct CreateRegistration: Verb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Begins a registration for a whole household.",
    discussion: "Say who by options, or give a CreateRegistrationRequest with --file.")
  static let method = SafeMobility.ApplicantServiceMethods.createRegistration
  static var requestID: WritableKeyPath<Request, String>? { \.requestId }
  typealias Request = SafeMobility.CreateRegistrationRequest
  typealias Response = SafeMobility.CreateRegistrationResponse

  @Option(help: "The principal's full name.") var name: String?
  @Option(help: "The principal's birth date, or its year.") var birthDate: DateArgument?
  @Option(help: "The principal's nationality.") var nationality = "GT"
  @Option(help: "The principal's telephone, E.164.") var phone = ""
  @Option(help: "RELATIONSHIP:NAME:BIRTHDATE of a member; may be repeated.")
  var member: [MemberArgument] = []
  @Option(help: "Where they live, ISO 3166-2.") var subdivision = ""
  @Option(help: "The language to speak with them.") var language = "es-GT"
  @Option(help: "Their standing where they are.")
  var hostStatus: EnumArgument<SafeMobility.HostStatus>?
  @Option(help: "The country they are in.") var hostRegion = "GT"
  @Option(help: "How it comes in.") var channel = EnumArgument(SafeMobility.Channel.contactCentre)
  @Option(help: "The programme.") var program = Defaults.program
  @Option(help: "CreateRegistrationRequest as JSON; - is standard input.") var file: RequestFile?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard file != nil || (name != nil && birthDate != nil) else {
      throw ValidationError("give --name and --birth-date, or --file")
    }
  }

  func fill(_ request: inout Request, _ session: Session) throws {
    if let file {
      request = try file.read(as: Request.self)
      return
    }
    request.registration = .with {
      $0.program = program
      $0.hostRegionCode = hostRegion
      $0.channel = channel.value
      $0.homeRegionCode = nationality
      $0.subdivisionCode = subdivision
      $0.languageCode = language
      if let hostStatus { $0.answers = .with { $0.hostStatus = hostStatus.value } }
    }
    request.principal = .with {
      $0.fullName = name ?? ""
      $0.nameSystem = .twoSurnames
      $0.birthDate = birthDate?.date
      $0.nationalityCodes = [nationality]
      $0.phone = phone
    }
    request.members = member.map { member in
      .with {
        $0.relationship = member.relationship
        $0.person = .with {
          $0.fullName = member.name
          $0.nameSystem = .twoSurnames
          $0.birthDate = member.birthDate
          $0.nationalityCodes = [nationality]
        }
      }
    }
  }
}

/// `RELATIONSHIP:NAME:BIRTHDATE`.
struct MemberArgument: ExpressibleByArgument {
  let relationship: SafeMobility.Relationship
  let name: String
  let birthDate: SafeMobility.CivilDate

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3,
      let relationship = EnumArgument<SafeMobility.Relationship>(argument: parts[0]),
      let date = DateArgument(argument: parts[2])
    else { return nil }
    self.relationship = relationship.value
    name = parts[1]
    birthDate = date.date
  }
}
