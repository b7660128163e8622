import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela program extend`.
struct ExtendProgram: Verb {
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "Prolongs the pilot; two administrators, of both governments, must ask.")
  static let method = SafeMobility.ProgramServiceMethods.extendProgram
  static let purpose = SafeMobility.Purpose.programAdministration
  static let secondPerson: String? = "A PROGRAM_ADMIN of the other government"
  static var requestID: WritableKeyPath<Request, String>? { \.requestId }
  typealias Request = SafeMobility.ExtendProgramRequest
  typealias Response = SafeMobility.ExtendProgramResponse

  @Argument(help: "programs/ID.") var name = Defaults.program
  @Option(help: "The new last day.") var until: DateArgument
  @Option(help: "The instrument that extends the programme.") var reference: String
  @OptionGroup var options: GlobalOptions

  func fill(_ request: inout Request, _ session: Session) async throws {
    request.name = name
    request.extendedEndDate = until.date
    request.extensionRef = reference
    request.etag = try await session.etag(of: name)
  }
}
