import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela registration`.
struct RegistrationNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registration", abstract: "Households on their way.",
    subcommands: [
      CreateRegistration.self, Show.self, ShowSeveral.self, UpdateRegistration.self, List.self,
      AddPerson.self, UpdatePerson.self, Move<RemovePerson>.self,
      AddDocument.self, VerifyDocument.self, ConsentNoun.self,
      Submit.self, Move<StartScreening>.self, RequestInfo.self, ProvideInfo.self, Invite.self,
      ScreenOut.self, RecordEligibility.self, Withdraw.self, Protect.self, Unprotect.self,
      Disclosures.self,
    ])

  struct Disclosures: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Lists who was told of a registration, the latest first.")
    static let method = SafeMobility.ApplicantServiceMethods.listDisclosures
    typealias Request = SafeMobility.ListDisclosuresRequest
    typealias Response = SafeMobility.ListDisclosuresResponse

    @Argument(help: "registrations/ID.") var name: String
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListDisclosuresRequest, _ session: Session) {
      request.parent = name
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

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

  struct ShowSeveral: Verb {
    static let configuration = CommandConfiguration(
      commandName: "show-several",
      abstract: "Shows registrations; those you may not see are ACCESS_DENIED.")
    static let method = SafeMobility.ApplicantServiceMethods.batchGetRegistrations
    typealias Request = SafeMobility.BatchGetRegistrationsRequest
    typealias Response = SafeMobility.BatchGetRegistrationsResponse

    @Argument(help: "registrations/ID, up to a hundred.") var names: [String]
    @Flag(help: "With persons and documents.") var full = false
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.BatchGetRegistrationsRequest, _ session: Session) {
      request.names = names
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
    @Option(help: "A further condition, such as 'language_code = \"kek\"'.") var filter = ""
    @Option(help: "The programme.") var program = Defaults.program
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListRegistrationsRequest, _ session: Session) {
      request.program = program
      request.filter = Filter.text(state: state, and: filter)
      page.fill(&request.pageSize, &request.pageToken)
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

extension RegistrationNoun {
  struct Protect: ProtectionVerb {
    static let configuration = CommandConfiguration(
      abstract: "Hides a registration from all but its applicant and the United Nations.",
      discussion: """
        For minors and survivors. Whoever else has it, or a referral of it, loses sight of it at once; nothing of it is
        sent to anybody else.

            pasarela registration protect registrations/ID
        """)
    static let hold = true

    @Argument(help: "registrations/ID.") var name: String
    @OptionGroup var options: GlobalOptions
  }

  struct Unprotect: ProtectionVerb {
    static let configuration = CommandConfiguration(
      abstract: "Shows a protected registration again to those who could see it before.",
      discussion: """
            pasarela registration unprotect registrations/ID
        """)
    static let hold = false

    @Argument(help: "registrations/ID.") var name: String
    @OptionGroup var options: GlobalOptions
  }
}

/// Sets a registration's protection hold, or lifts it.
protocol ProtectionVerb: Verb
where
  Request == SafeMobility.SetProtectionHoldRequest,
  Response == SafeMobility.SetProtectionHoldResponse
{
  static var hold: Bool { get }
  var name: String { get }
}

extension ProtectionVerb {
  static var method: MethodDescriptor { SafeMobility.ApplicantServiceMethods.setProtectionHold }
  static var requestID: WritableKeyPath<SafeMobility.SetProtectionHoldRequest, String>? {
    \.requestId
  }

  func fill(
    _ request: inout SafeMobility.SetProtectionHoldRequest, _ session: Session
  ) async throws {
    request.name = name
    request.hold = Self.hold
    request.etag = try await session.etag(of: name)
  }
}

/// Conditions of lists.
enum Filter {
  /// What `--state` and `--filter` say together (AIP-160).
  static func text<State: OpenEnum>(state: EnumArgument<State>?, and filter: String) -> String {
    let state = state.map { "state = \($0.defaultValueDescription)" }
    return [state, filter.isEmpty ? nil : filter].compactMap { $0 }.joined(separator: " AND ")
  }
}
