import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela referral`.
struct ReferralNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "referral", abstract: "Households on their way to a partner country.",
    subcommands: [
      Pathways.self, Create.self, Show.self, List.self, Move<Send>.self, Release.self,
      Acknowledge.self, Accept.self, Move<Advance>.self, Decide.self, Recall.self,
    ])

  struct Pathways: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the lawful pathways.")
    static let method = SafeMobility.ReferralServiceMethods.listPathways
    typealias Request = SafeMobility.ListPathwaysRequest
    typealias Response = SafeMobility.ListPathwaysResponse

    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListPathwaysRequest, _ session: Session) {}
  }

  struct Create: Verb {
    static let configuration = CommandConfiguration(abstract: "Drafts a referral.")
    static let method = SafeMobility.ReferralServiceMethods.createReferral
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.CreateReferralRequest
    typealias Response = SafeMobility.CreateReferralResponse

    @Argument(help: "registrations/ID.") var registration: String
    @Option(help: "The pathway's code, such as USRAP.") var pathway: String
    @Option(help: "partners/ID; the pathway's first authority if not said.") var to = ""
    @Option(help: "Who goes: registrations/ID/persons/ID; all if not said.") var person: [String] =
      []
    @Option(help: "How urgent.") var priority = EnumArgument(SafeMobility.Priority.routine)
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      var persons = person
      if persons.isEmpty { persons = try await session.household(of: registration) }
      let list: SafeMobility.ListPathwaysResponse = try await session.call(
        SafeMobility.ReferralServiceMethods.listPathways, SafeMobility.ListPathwaysRequest())
      guard let way = list.pathways.first(where: { $0.code == pathway }) else {
        throw ValidationError("there is no pathway \(pathway); see: pasarela referral pathways")
      }
      request.referral = .with {
        $0.registration = registration
        $0.persons = persons
        $0.pathway = way.name
        $0.destinationRegionCode = way.regionCode
        $0.purpose = way.requiredConsents.first?.purpose ?? .unspecified
        $0.toPartner = to.isEmpty ? way.authorities.first ?? "" : to
        $0.priority = priority.value
      }
    }
  }

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows a referral.")
    static let method = SafeMobility.ReferralServiceMethods.getReferral
    typealias Request = SafeMobility.GetReferralRequest
    typealias Response = SafeMobility.GetReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetReferralRequest, _ session: Session) {
      request.name = name
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the referrals you may see.")
    static let method = SafeMobility.ReferralServiceMethods.listReferrals
    typealias Request = SafeMobility.ListReferralsRequest
    typealias Response = SafeMobility.ListReferralsResponse

    @Option(help: "registrations/ID.") var registration = ""
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListReferralsRequest, _ session: Session) {
      request.registration = registration
    }
  }

  enum Send: MoveKind {
    typealias Response = SafeMobility.SendReferralResponse
    static let verb = "send"
    static let abstract = "Sends a referral; on a protection pathway a reviewer must do the same."
    static let method = SafeMobility.ReferralServiceMethods.sendReferral
    static var paths: MovePaths<SafeMobility.SendReferralRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  struct Release: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Shows exactly what a referral releases to its recipient.")
    static let method = SafeMobility.ReferralServiceMethods.getRelease
    typealias Request = SafeMobility.GetReleaseRequest
    typealias Response = SafeMobility.GetReleaseResponse

    @Argument(help: "referrals/ID.") var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetReleaseRequest, _ session: Session) {
      request.name = name
    }
  }

  struct Acknowledge: Verb {
    static let configuration = CommandConfiguration(
      abstract: "As the partner: confirms what was received.")
    static let method = SafeMobility.ReferralServiceMethods.acknowledgeReferral
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.AcknowledgeReferralRequest
    typealias Response = SafeMobility.AcknowledgeReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      let answer: SafeMobility.GetReferralResponse = try await session.call(
        SafeMobility.ReferralServiceMethods.getReferral,
        SafeMobility.GetReferralRequest.with { $0.name = name })
      request.name = name
      request.etag = options.etag ?? answer.referral?.etag ?? ""
      request.releaseSha256 = answer.referral?.release?.releaseSha256 ?? []
    }
  }

  struct Accept: Verb {
    static let configuration = CommandConfiguration(abstract: "As the partner: takes the case.")
    static let method = SafeMobility.ReferralServiceMethods.acceptReferral
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

  enum Advance: MoveKind {
    typealias Response = SafeMobility.AdvanceReferralResponse
    static let verb = "advance"
    static let abstract = "As the partner: the case is in process."
    static let method = SafeMobility.ReferralServiceMethods.advanceReferral
    static var paths: MovePaths<SafeMobility.AdvanceReferralRequest> {
      .init(name: \.name, etag: \.etag, requestID: \.requestId)
    }
  }

  struct Decide: Verb {
    static let configuration = CommandConfiguration(abstract: "As the partner: records a decision.")
    static let method = SafeMobility.ReferralServiceMethods.recordDecision
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RecordDecisionRequest
    typealias Response = SafeMobility.RecordDecisionResponse

    @Argument(help: "referrals/ID.") var name: String
    @Option(help: "What was decided.") var kind: EnumArgument<SafeMobility.DecisionKind>
    @Option(help: "On what day.") var date: DateArgument
    @Option(help: "Why.") var reason = EnumArgument(SafeMobility.DecisionReason.criteriaMet)
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.parent = name
      request.decision = .with {
        $0.kind = kind.value
        $0.decisionDate = date.date
        $0.reason = reason.value
      }
      request.etag = try await session.etag(of: name)
    }
  }

  struct Recall: Verb {
    static let configuration = CommandConfiguration(abstract: "Takes a referral back.")
    static let method = SafeMobility.ReferralServiceMethods.recallReferral
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RecallReferralRequest
    typealias Response = SafeMobility.RecallReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @Option(help: "Why.") var reason: EnumArgument<SafeMobility.ReferralReason>
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.reason = reason.value
      request.etag = try await session.etag(of: name)
    }
  }
}

/// `pasarela partner`.
struct PartnerNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partner", abstract: "Who takes part.", subcommands: [List.self])

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the partners you may see.")
    static let method = SafeMobility.PartnerServiceMethods.listPartners
    typealias Request = SafeMobility.ListPartnersRequest
    typealias Response = SafeMobility.ListPartnersResponse

    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListPartnersRequest, _ session: Session) {}
  }
}
