import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela registration`.
struct RegistrationNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registration", abstract: "Households on their way.",
    subcommands: [
      CreateRegistration.self, Show.self, List.self, AddDocument.self, ConsentNoun.self,
      Move<Submit>.self, Move<StartScreening>.self, Invite.self, RecordEligibility.self,
      Withdraw.self,
    ])

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows a registration.")
    static let method = SafeMobility.ApplicantServiceMethods.getRegistration
    typealias Request = SafeMobility.GetRegistrationRequest
    typealias Response = SafeMobility.GetRegistrationResponse

    @Argument(help: "registrations/ID.") var name: String
    @Flag(help: "With persons and documents.") var full = false
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetRegistrationRequest, _ session: Session) {
      request.name = name
      request.view = full ? .full : .basic
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Lists the registrations you may see.")
    static let method = SafeMobility.ApplicantServiceMethods.listRegistrations
    typealias Request = SafeMobility.ListRegistrationsRequest
    typealias Response = SafeMobility.ListRegistrationsResponse

    @Option(help: "Only in this state.")
    var state: EnumArgument<SafeMobility.RegistrationState>?
    @Option(help: "The programme.") var program = Defaults.program
    @Option(help: "How many at most.") var pageSize: Int32 = 0
    @Option(help: "Where to go on.") var pageToken = ""
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListRegistrationsRequest, _ session: Session) {
      request.program = program
      request.pageSize = pageSize
      request.pageToken = pageToken
      if let state,
        let name = SafeMobility.RegistrationState.descriptor.name(
          of: state.value.rawValue)
      {
        request.filter = "state = \(name.dropFirst("REGISTRATION_STATE_".count))"
      }
    }
  }

  struct AddDocument: Verb {
    static let configuration = CommandConfiguration(
      commandName: "add-document", abstract: "Adds an identity document.")
    static let method = SafeMobility.ApplicantServiceMethods.addDocument
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.AddDocumentRequest
    typealias Response = SafeMobility.AddDocumentResponse

    @Argument(help: "registrations/ID.") var registration: String
    @Option(help: "What it is.") var type: EnumArgument<SafeMobility.DocumentType>
    @Option(help: "Its number.") var number = ""
    @Option(help: "The country that issued it.") var region = "GT"
    @Option(help: "Whose it is: registrations/ID/persons/ID.") var person: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) {
      request.parent = registration
      request.document = .with {
        $0.type = type.value
        $0.number = number
        $0.issuingRegionCode = region
        $0.person = person
      }
    }
  }

  enum Submit: MoveKind {
    typealias Response = SafeMobility.SubmitRegistrationResponse
    static let verb = "submit"
    static let abstract = "Hands a draft in."
    static let method = SafeMobility.ApplicantServiceMethods.submitRegistration
    static var paths: MovePaths<SafeMobility.SubmitRegistrationRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  enum StartScreening: MoveKind {
    typealias Response = SafeMobility.StartScreeningResponse
    static let verb = "start-screening"
    static let abstract = "Takes a submitted registration up."
    static let method = SafeMobility.ApplicantServiceMethods.startScreening
    static var paths: MovePaths<SafeMobility.StartScreeningRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  struct Invite: Verb {
    static let configuration = CommandConfiguration(abstract: "Invites a household to a service.")
    static let method = SafeMobility.ApplicantServiceMethods.inviteRegistration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.InviteRegistrationRequest
    typealias Response = SafeMobility.InviteRegistrationResponse

    @Argument(help: "registrations/ID.") var name: String
    @Option(help: "To what.") var service = EnumArgument(SafeMobility.ServiceKind.interview)
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.serviceKind = service.value
      request.etag = try await session.etag(of: name)
    }
  }

  struct RecordEligibility: Verb {
    static let configuration = CommandConfiguration(
      commandName: "record-eligibility",
      abstract: "Records what was found, pathway by pathway; a second person must do the same.")
    static let method = SafeMobility.ApplicantServiceMethods.recordEligibility
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RecordEligibilityRequest
    typealias Response = SafeMobility.RecordEligibilityResponse

    @Argument(help: "registrations/ID.") var name: String
    @Option(help: "A pathway found open, such as USRAP; may be repeated.") var eligible: [String] =
      []
    @Option(help: "PATHWAY:REASON for one found closed; may be repeated.")
    var notEligible: [ClosedPathway] = []
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.findings =
        eligible.map { code in
          .with {
            $0.pathway = "pathways/\(code)"
            $0.finding = .eligible
          }
        }
        + notEligible.map { closed in
          .with {
            $0.pathway = "pathways/\(closed.code)"
            $0.finding = .notEligible
            $0.reason = closed.reason
          }
        }
      request.etag = try await session.etag(of: name)
    }
  }

  /// `PATHWAY:REASON`.
  struct ClosedPathway: ExpressibleByArgument {
    let code: String
    let reason: SafeMobility.FindingReason

    init?(argument: String) {
      let parts = argument.split(separator: ":")
      guard parts.count == 2,
        let reason = EnumArgument<SafeMobility.FindingReason>(argument: String(parts[1]))
      else { return nil }
      code = String(parts[0])
      self.reason = reason.value
    }
  }

  struct Withdraw: Verb {
    static let configuration = CommandConfiguration(abstract: "The household leaves the programme.")
    static let method = SafeMobility.ApplicantServiceMethods.withdrawRegistration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.WithdrawRegistrationRequest
    typealias Response = SafeMobility.WithdrawRegistrationResponse

    @Argument(help: "registrations/ID.") var name: String
    @Option(help: "Why.") var reason: EnumArgument<SafeMobility.WithdrawalReason>
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.reason = reason.value
      request.etag = try await session.etag(of: name)
    }
  }
}
