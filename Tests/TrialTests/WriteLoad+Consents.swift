import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import StoreSamples
import Trials

// Consents given, what was sent on them, and consents taken back: each ends what rests on it in its own unit of work.
extension WriteLoad {
  private typealias Applicants = SafeMobility.ApplicantServiceClient
  private typealias Referrals = SafeMobility.ReferralServiceClient

  private static let recipient = "partners/gt-mintrab"

  /// For each household: its principal withdraws, agrees anew, and is referred.
  func workOnConsents(_ households: ArraySlice<StoredHousehold>, by clerk: Clerk) async {
    let caseworker = clerk.as("iom/CASEWORKER")
    await repeatedly {
      for household in households {
        let (name, person) = (Requests.name(of: household), Requests.principal(of: household))
        let list = try await read("consents") {
          try await Applicants(clerk.client).listConsents(
            .with { ($0.parent, $0.person) = (name, person) })
        }
        let open = list.consents.filter {
          [.active, .proposed].contains($0.state) && $0.recipient == Self.recipient
        }
        for consent in open { try await withdraw(consent, by: clerk) }
        let consent = try await propose(
          person, in: name, to: Self.recipient, for: .h2Recruitment, by: caseworker)
        try await grant(consent, by: caseworker)
        try await refer(household, by: clerk.as("iom/CASEWORKER", for: "H2_RECRUITMENT"))
      }
    }
  }

  func propose(
    _ person: String, in registration: String, to recipient: String,
    for purpose: SafeMobility.Purpose, by clerk: Clerk
  ) async throws -> SafeMobility.Consent {
    let request = SafeMobility.ProposeConsentRequest.with {
      $0.parent = registration
      $0.consent = .with {
        ($0.person, $0.grantor) = (person, person)
        ($0.recipient, $0.purpose) = (recipient, purpose)
        $0.dataClasses = DataClass.allCases.map { .init(rawValue: Int32($0.rawValue)) }
        $0.textVersion = "2023.1"
        $0.languageCode = "es-GT"
        $0.textSha256 = [UInt8](repeating: 7, count: 32)
      }
      $0.requestId = Requests.id()
    }
    let answer = try await write(request, named: "propose", by: clerk) {
      try await Applicants($0).proposeConsent($1)
    }
    return answer.consent ?? .init()
  }

  func grant(_ consent: SafeMobility.Consent, by clerk: Clerk) async throws {
    let request = SafeMobility.GrantConsentRequest.with {
      ($0.name, $0.etag) = (consent.name, consent.etag)
      $0.method = .signed
      $0.witness = "Desk 4"
      $0.requestId = Requests.id()
    }
    _ = try await write(request, named: "grant", by: clerk) {
      try await Applicants($0).grantConsent($1)
    }
  }

  private func withdraw(_ consent: SafeMobility.Consent, by clerk: Clerk) async throws {
    let request = SafeMobility.WithdrawConsentRequest.with {
      ($0.name, $0.etag, $0.requestId) = (consent.name, consent.etag, Requests.id())
    }
    _ = try await write(request, named: "withdraw", by: clerk) {
      try await Applicants($0).withdrawConsent($1)
    }
  }

  private func refer(_ household: StoredHousehold, by clerk: Clerk) async throws {
    let draft = SafeMobility.CreateReferralRequest.with {
      $0.referral = .with {
        $0.registration = Requests.name(of: household)
        $0.persons = household.persons.map { "\(Requests.name(of: household))/persons/\($0.id)" }
        $0.pathway = "pathways/US-H2A"
        $0.destinationRegionCode = "US"
        $0.toPartner = Self.recipient
        $0.purpose = .h2Recruitment
      }
      $0.requestId = Requests.id()
    }
    let made = try await write(draft, named: "referral", by: clerk) {
      try await Referrals($0).createReferral($1)
    }
    let sending = SafeMobility.SendReferralRequest.with {
      ($0.name, $0.etag) = (made.referral?.name ?? "", made.referral?.etag ?? "")
      $0.requestId = Requests.id()
    }
    _ = try await write(sending, named: "send", by: clerk) {
      try await Referrals($0).sendReferral($1)
    }
  }
}
