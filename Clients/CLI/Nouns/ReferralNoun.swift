import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela referral`.
struct ReferralNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "referral", abstract: "Households on their way to a partner country.",
    subcommands: [
      Pathways.self, CheckCapacity.self, CreateReferral.self, Show.self, List.self, Send.self,
      Recall.self, Release.self, Acknowledge.self, Accept.self, Return.self, Reject.self,
      Move<Advance>.self, Decide.self,
    ])

  struct Pathways: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the lawful pathways.")
    static let method = SafeMobility.ReferralServiceMethods.listPathways
    typealias Request = SafeMobility.ListPathwaysRequest
    typealias Response = SafeMobility.ListPathwaysResponse

    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListPathwaysRequest, _ session: Session) {
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct CheckCapacity: Verb {
    static let configuration = CommandConfiguration(
      commandName: "check-capacity", abstract: "Says whether a partner takes more cases.")
    static let method = SafeMobility.ReferralServiceMethods.checkCapacity
    typealias Request = SafeMobility.CheckCapacityRequest
    typealias Response = SafeMobility.CheckCapacityResponse

    @Argument(help: "pathways/CODE.", completion: .custom(Candidates.pathways))
    var pathway: String
    @Argument(help: "partners/ID.", completion: .custom(Candidates.partners))
    var partner: String
    @Option(help: "For how many cases.") var cases: Int32 = 1
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.CheckCapacityRequest, _ session: Session) {
      request.pathway = pathway
      request.partner = partner
      request.cases = cases
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
    @Option(help: "Only in this state.") var state: EnumArgument<SafeMobility.ReferralState>?
    @Option(help: "A further condition, such as 'pathway = \"pathways/USRAP\"'.") var filter = ""
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListReferralsRequest, _ session: Session) {
      request.registration = registration
      request.filter = Filter.text(state: state, and: filter)
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct Send: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Sends a referral; on a protection pathway a reviewer must do the same.")
    static let method = SafeMobility.ReferralServiceMethods.sendReferral
    static let secondPerson: String? = "A REVIEWER"
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.SendReferralRequest
    typealias Response = SafeMobility.SendReferralResponse

    @Argument(help: "referrals/ID.") var name: String
    @Flag(help: "Make all checks, change nothing.") var validateOnly = false
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.validateOnly = validateOnly
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
}
