import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// What the receiving partner does. The usual purpose is resettlement; a partner that works for
/// another says so with `--purpose` or PASARELA_PURPOSE.
extension ReferralNoun {
  struct Acknowledge: Verb {
    static let configuration = CommandConfiguration(
      abstract: "As the partner: confirms what was received.")
    static let method = SafeMobility.ReferralServiceMethods.acknowledgeReferral
    static let purpose = SafeMobility.Purpose.resettlement
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.AcknowledgeReferralRequest
    typealias Response = SafeMobility.AcknowledgeReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @Option(help: "The release_sha256 of what you read; the present one if not said.")
    var releaseSha256: DigestArgument?
    @Option(help: "The id of your key that signs the receipt; required once one is registered.")
    var keyId: String?
    @Option(help: "The private key's file, PKCS #8 in PEM.") var keyFile: SigningKeyFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard (keyId == nil) == (keyFile == nil) else {
        throw ValidationError("give --key-id and --key-file together")
      }
    }

    func fill(_ request: inout Request, _ session: Session) async throws {
      let referral = try await session.referral(name)
      request.name = name
      request.etag = options.etag ?? referral.etag
      request.releaseSha256 = releaseSha256?.bytes ?? referral.release?.releaseSha256 ?? []
      request.keyId = keyId ?? ""
      request.signature = try keyFile?.read().signature(over: request.releaseSha256) ?? []
    }
  }

  struct Accept: Verb {
    static let configuration = CommandConfiguration(abstract: "As the partner: takes the case.")
    static let method = SafeMobility.ReferralServiceMethods.acceptReferral
    static let purpose = SafeMobility.Purpose.resettlement
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.AcceptReferralRequest
    typealias Response = SafeMobility.AcceptReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @Option(help: "Your own number for the case.") var caseRef: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.partnerCaseRef = caseRef
      request.etag = try await session.etag(of: name)
    }
  }

  struct Return: Verb {
    static let configuration = CommandConfiguration(
      abstract: "As the partner: sends a referral back to be completed.")
    static let method = SafeMobility.ReferralServiceMethods.returnReferral
    static let purpose = SafeMobility.Purpose.resettlement
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.ReturnReferralRequest
    typealias Response = SafeMobility.ReturnReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @Option(help: "Why.") var reason: EnumArgument<SafeMobility.ReferralReason>
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.reason = reason.value
      request.etag = try await session.etag(of: name)
    }
  }

  struct Reject: Verb {
    static let configuration = CommandConfiguration(
      abstract: "As the partner: does not take the case.")
    static let method = SafeMobility.ReferralServiceMethods.rejectReferral
    static let purpose = SafeMobility.Purpose.resettlement
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RejectReferralRequest
    typealias Response = SafeMobility.RejectReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @Option(help: "Why.") var reason: EnumArgument<SafeMobility.ReferralReason>
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.reason = reason.value
      request.etag = try await session.etag(of: name)
    }
  }

  enum Advance: MoveKind {
    typealias Response = SafeMobility.AdvanceReferralResponse
    static let verb = "advance"
    static let abstract = "As the partner: the case is in process."
    static let method = SafeMobility.ReferralServiceMethods.advanceReferral
    static let purpose = SafeMobility.Purpose.resettlement
    static var paths: MovePaths<SafeMobility.AdvanceReferralRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  struct Decide: Verb {
    static let configuration = CommandConfiguration(abstract: "As the partner: records a decision.")
    static let method = SafeMobility.ReferralServiceMethods.recordDecision
    static let purpose = SafeMobility.Purpose.resettlement
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RecordDecisionRequest
    typealias Response = SafeMobility.RecordDecisionResponse

    @Argument(help: "referrals/ID.") var name: String
    @Option(help: "What was decided.") var kind: EnumArgument<SafeMobility.DecisionKind>?
    @Option(help: "On what day.") var date: DateArgument?
    @Option(help: "Why.") var reason: EnumArgument<SafeMobility.DecisionReason>?
    @Option(help: "The first day it holds.") var validFrom: DateArgument?
    @Option(help: "The last day it holds.") var validUntil: DateArgument?
    @Option(help: "The decision it replaces: referrals/ID/decisions/ID.") var supersedes: String?
    @Option(help: "RecordDecisionRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard file != nil || (kind != nil && date != nil) else {
        throw ValidationError("give --kind and --date, or --file")
      }
    }

    func fill(_ request: inout Request, _ session: Session) async throws {
      if let file { request = try file.read(as: Request.self) }
      var edit = Edit(request.decision ?? .init(), mask: nil)
      edit.set("kind", \.kind, kind?.value)
      edit.set("decision_date", \.decisionDate, date?.date)
      edit.set("reason", \.reason, reason?.value)
      edit.set("valid_from_date", \.validFromDate, validFrom?.date)
      edit.set("valid_until_date", \.validUntilDate, validUntil?.date)
      edit.set("supersedes", \.supersedes, supersedes)
      request.parent = name
      request.decision = edit.resource
      try await session.fill(&request.etag, of: name)
    }
  }
}
