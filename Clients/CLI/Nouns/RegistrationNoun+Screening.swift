import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// From the form to the interview.
extension RegistrationNoun {
  struct Submit: Verb {
    static let configuration = CommandConfiguration(abstract: "Hands a draft in.")
    static let method = SafeMobility.ApplicantServiceMethods.submitRegistration
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.SubmitRegistrationRequest
    typealias Response = SafeMobility.SubmitRegistrationResponse

    @Argument(help: "registrations/ID.") var name: String
    @Flag(help: "Make all checks, change nothing.") var validateOnly = false
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.validateOnly = validateOnly
      request.etag = try await session.etag(of: name)
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

  struct RequestInfo: Verb {
    static let configuration = CommandConfiguration(
      commandName: "request-info", abstract: "Asks the household for what is missing.")
    static let method = SafeMobility.ApplicantServiceMethods.requestInfo
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RequestInfoRequest
    typealias Response = SafeMobility.RequestInfoResponse

    @Argument(help: "registrations/ID.") var name: String
    @Option(help: "What is missing; may be repeated.")
    var item: [EnumArgument<SafeMobility.InfoItem>]
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.items = item.map(\.value)
      request.etag = try await session.etag(of: name)
    }
  }

  struct ProvideInfo: Verb {
    static let configuration = CommandConfiguration(
      commandName: "provide-info", abstract: "Says that what was missing is there now.")
    static let method = SafeMobility.ApplicantServiceMethods.provideInfo
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.ProvideInfoRequest
    typealias Response = SafeMobility.ProvideInfoResponse

    @Argument(help: "registrations/ID.") var name: String
    @OptionGroup var answers: AnswerOptions
    @Option(help: "ProvideInfoRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      if let file { request = try file.read(as: Request.self) }
      request.name = name
      request.answers = answers.filled(request.answers)
      try await session.fill(&request.etag, of: name)
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

  struct ScreenOut: Verb {
    static let configuration = CommandConfiguration(
      commandName: "screen-out", abstract: "Ends a screening, with advice where else to turn.")
    static let method = SafeMobility.ApplicantServiceMethods.screenOut
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.ScreenOutRequest
    typealias Response = SafeMobility.ScreenOutResponse

    @Argument(help: "registrations/ID.") var name: String
    @Option(help: "Why.") var reason: EnumArgument<SafeMobility.ScreenOutReason>
    @Option(help: "What was advised; may be repeated.")
    var advice: [EnumArgument<SafeMobility.LocalAdvice>]
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.reason = reason.value
      request.advice = advice.map(\.value)
      request.etag = try await session.etag(of: name)
    }
  }
}
