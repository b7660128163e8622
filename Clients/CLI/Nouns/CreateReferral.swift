import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela referral create`: what is not said is read from the pathway and the registration.
struct CreateReferral: Verb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Drafts a referral.",
    discussion: """
      Of what is not said, the recipient, the destination and the purpose are the pathway's, and the \
      persons are the whole household.
      """)
  static let method = SafeMobility.ReferralServiceMethods.createReferral
  static var requestID: WritableKeyPath<Request, String>? { \.requestId }
  typealias Request = SafeMobility.CreateReferralRequest
  typealias Response = SafeMobility.CreateReferralResponse

  @Argument(help: "registrations/ID.") var registration: String?
  @Option(help: "The pathway's code, such as USRAP.") var pathway: String?
  @Option(help: "The recipient: partners/ID.") var to: String?
  @Option(help: "Who goes: registrations/ID/persons/ID; may be repeated.") var person: [String] = []
  @Option(help: "The country of destination, ISO 3166-1.") var destination: String?
  @Option(name: .customLong("for"), help: "The purpose of the referral.")
  var referralPurpose: EnumArgument<SafeMobility.Purpose>?
  @Option(help: "How urgent.") var priority: EnumArgument<SafeMobility.Priority>?
  @Option(help: "Until when the recipient has to answer, RFC 3339.") var due: TimeArgument?
  @Option(help: "CreateReferralRequest as JSON; - is standard input.") var file: RequestFile?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard file != nil || (registration != nil && pathway != nil) else {
      throw ValidationError("give the registration and --pathway, or --file")
    }
  }

  func fill(_ request: inout Request, _ session: Session) async throws {
    if let file { request = try file.read(as: Request.self) }
    var referral = Edit(request.referral ?? .init(), mask: nil)
    referral.set("registration", \.registration, registration)
    referral.set("pathway", \.pathway, pathway.map { "pathways/\($0)" })
    referral.set("to_partner", \.toPartner, to)
    referral.set("persons", \.persons, person.isEmpty ? nil : person)
    referral.set("destination_region_code", \.destinationRegionCode, destination)
    referral.set("purpose", \.purpose, referralPurpose?.value)
    referral.set("priority", \.priority, priority?.value)
    referral.set("due_time", \.dueTime, due?.timestamp)
    request.referral = referral.resource
    // A file is taken at its word.
    if file == nil { request.referral = try await completed(referral.resource, session) }
  }

  private func completed(
    _ draft: SafeMobility.Referral, _ session: Session
  ) async throws -> SafeMobility.Referral {
    var referral = draft
    let way = try await session.pathway(referral.pathway)
    if referral.toPartner.isEmpty { referral.toPartner = way.authorities.first ?? "" }
    if referral.destinationRegionCode.isEmpty { referral.destinationRegionCode = way.regionCode }
    if referral.purpose == .unspecified {
      let rule = way.requiredConsents.first { $0.recipient == referral.toPartner }
      referral.purpose = (rule ?? way.requiredConsents.first)?.purpose ?? .unspecified
    }
    if referral.priority == .unspecified { referral.priority = .routine }
    if referral.persons.isEmpty {
      referral.persons = try await session.household(of: referral.registration)
    }
    return referral
  }
}

extension Session {
  /// - Throws: ``CommandFailure`` also when there is no such pathway
  fileprivate func pathway(_ name: String) async throws(CommandFailure) -> SafeMobility.Pathway {
    let response: SafeMobility.ListPathwaysResponse = try await call(
      SafeMobility.ReferralServiceMethods.listPathways,
      SafeMobility.ListPathwaysRequest.with { $0.pageSize = 1_000 })
    guard let pathway = response.pathways.first(where: { $0.name == name }) else {
      throw CommandFailure("there is no \(name); see: pasarela referral pathways")
    }
    return pathway
  }
}
