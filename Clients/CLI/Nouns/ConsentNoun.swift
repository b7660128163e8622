import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela registration consent`.
struct ConsentNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent", abstract: "What people have agreed to, one recipient and purpose each.",
    subcommands: [Propose.self, Grant.self, Move<Withdraw>.self, List.self])

  struct Propose: Verb {
    static let configuration = CommandConfiguration(abstract: "Puts a text before a person.")
    static let method = SafeMobility.ApplicantServiceMethods.proposeConsent
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.ProposeConsentRequest
    typealias Response = SafeMobility.ProposeConsentResponse

    @Argument(help: "registrations/ID/persons/ID.") var person: String
    @Option(help: "partners/ID.") var recipient: String
    @Option(name: .customLong("for"), help: "What for.")
    var consentPurpose: EnumArgument<SafeMobility.Purpose>
    @Option(help: "A class of data; may be repeated.")
    var data: [EnumArgument<SafeMobility.DataClass>]
    @Option(help: "The version of the text shown.") var textVersion: String
    @Option(help: "The SHA-256 of the text shown, in hexadecimal.") var textSha256: DigestArgument
    @Option(help: "The language of the text.") var language = "es-GT"
    @Option(help: "Who agrees if not the person: a guardian, registrations/ID/persons/ID.")
    var grantor: String?
    @Option(help: "When it ends, RFC 3339.") var expires: TimeArgument?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) {
      request.parent = ResourceName.parent(of: person)
      request.consent = .with {
        $0.person = person
        $0.grantor = grantor ?? person
        $0.recipient = recipient
        $0.purpose = consentPurpose.value
        $0.dataClasses = data.map(\.value)
        $0.textVersion = textVersion
        $0.languageCode = language
        $0.textSha256 = textSha256.bytes
        $0.expireTime = expires?.timestamp
      }
    }
  }

  struct Grant: Verb {
    static let configuration = CommandConfiguration(abstract: "Records that a person agrees.")
    static let method = SafeMobility.ApplicantServiceMethods.grantConsent
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.GrantConsentRequest
    typealias Response = SafeMobility.GrantConsentResponse

    @Argument(help: "registrations/ID/consents/ID.") var name: String
    @Option(help: "How it was said.") var method = EnumArgument(SafeMobility.ConsentMethod.signed)
    @Option(help: "Who saw it, as a pseudonym.") var witness = ""
    @Option(help: "Who interpreted, as a pseudonym.") var interpreter = ""
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.method = method.value
      request.witness = witness
      request.interpreter = interpreter
      request.etag = try await session.etag(of: name)
    }
  }

  enum Withdraw: MoveKind {
    typealias Response = SafeMobility.WithdrawConsentResponse
    static let verb = "withdraw"
    static let abstract = "Takes a consent back; what rests on it is recalled at once."
    static let method = SafeMobility.ApplicantServiceMethods.withdrawConsent
    static var paths: MovePaths<SafeMobility.WithdrawConsentRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists a registration's consents.")
    static let method = SafeMobility.ApplicantServiceMethods.listConsents
    typealias Request = SafeMobility.ListConsentsRequest
    typealias Response = SafeMobility.ListConsentsResponse

    @Argument(help: "registrations/ID.") var registration: String
    @Option(help: "Only of this person: registrations/ID/persons/ID.") var person = ""
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListConsentsRequest, _ session: Session) {
      request.parent = registration
      request.person = person
      page.fill(&request.pageSize, &request.pageToken)
    }
  }
}
