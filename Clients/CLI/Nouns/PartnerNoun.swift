import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela partner`.
struct PartnerNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partner", abstract: "Who takes part.",
    subcommands: [
      Show.self, List.self, PartnerKeyNoun.self,
    ])

  struct Show: Verb {
    static let configuration = CommandConfiguration(abstract: "Shows a partner.")
    static let method = SafeMobility.PartnerServiceMethods.getPartner
    typealias Request = SafeMobility.GetPartnerRequest
    typealias Response = SafeMobility.GetPartnerResponse

    @Argument(help: "partners/ID.", completion: .custom(Candidates.partners))
    var name: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetPartnerRequest, _ session: Session) {
      request.name = name
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the partners you may see.")
    static let method = SafeMobility.PartnerServiceMethods.listPartners
    typealias Request = SafeMobility.ListPartnersRequest
    typealias Response = SafeMobility.ListPartnersResponse

    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListPartnersRequest, _ session: Session) {
      page.fill(&request.pageSize, &request.pageToken)
    }
  }
}
