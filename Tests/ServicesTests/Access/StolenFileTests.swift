import Domain
import Foundation
import Protobuf
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// Who carries the database's files away reads nobody's name in them.
@Suite struct StolenFileTests {
  /// What people gave of themselves, in every form in which it might be stored.
  private func secrets(of household: SampleHousehold, _ user: String) -> Set<String> {
    var secrets: Set<String> = [user]
    for person in household.persons {
      secrets.insert(person.fullName)
      secrets.formUnion(person.nameParts.map(\.text))
      secrets.formUnion([person.phone?.rawValue, person.email?.rawValue].compactMap(\.self))
    }
    for document in household.documents {
      secrets.insert(document.plainNumber)
      secrets.formUnion(document.mrzLines)
    }
    return secrets.filter { $0.utf8.count >= 5 }
  }

  @Test func `the file holds no name, number, phone or e-mail`() async throws {
    let world = try await World(.sqlite)
    let user = "ana.example@portal.example.org"
    let owner = Actor(
      partner: PartnerID(checked: "iom"), role: .applicant, user: user)
    var wanted: Set<String> = []
    for (seed, kind) in SampleHousehold.Kind.allCases.enumerated() {
      let household = try await world.household(
        kind, in: .invited, seed: UInt64(seed + 1), owner: owner)
      wanted.formUnion(secrets(of: household, user))
      // Also what is kept of calls: answers to repeat, entries of the log, approvals.
      let name = "registrations/\(household.registration.id)"
      let agent = world.caller("iom/CONTACT_CENTRE", user: "agent.smith@iom.example.org")
      let shown = try await agent.applicants.getRegistration(
        .with {
          $0.name = name
          $0.view = .full
        })
      _ = try await agent.applicants.withdrawRegistration(
        .with {
          $0.name = name
          $0.etag = shown.registration?.etag ?? ""
          $0.reason = .unspecified
          $0.requestId = requestID()
        })
    }
    wanted.insert("agent.smith@iom.example.org")
    #expect(wanted.count > 60)
    try expectNone(of: wanted, in: world)
    // What was stored is there for who may see it.
    let mine = try await world.caller("iom/APPLICANT", user: user).applicants
      .listRegistrations(.with { $0.program = "programs/\(ReferenceData.pilotID)" })
    #expect(mine.registrations.count == SampleHousehold.Kind.allCases.count)
  }

  @Test func `the file holds no case reference, receipt, decision or visit code`() async throws {
    let traveller = try await Traveller(.sqlite)
    try await traveller.register()
    try await traveller.screen()
    try await traveller.attendInterview()
    try await traveller.findEligible()
    let decided = try await traveller.decide(try await traveller.refer())
    let world = traveller.world
    let visits = try await world.store.read {
      try $0.appointments(AppointmentFilter(), after: nil, limit: 10).items
    }
    let decision = try #require(decided.decisions.first)
    let last = try #require(decision.validUntilDate)
    #expect(visits.count == 1 && decision.kind == .approved && decision.reason == .criteriaMet)
    // The fields' names stand before what they say, and the dates lay in columns of their own.
    let named = ["partnerCaseReference", "earlierReleases", "decisionDate", "validUntil"]
    let release = try #require(decided.release)
    try expectNone(
      of: Set(
        visits.flatMap { [$0.visitCode.rawValue, $0.visitCode.description] }
          + [decided.partnerCaseRef, "\(last.year)-0\(last.month)-\(last.day)"]
          + [
            Data(release.releaseSha256).map {
              String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }.joined()
          ]
          + named.map { "\"\($0)\"" }),
      in: world)
    // What was stored is there for who may see it.
    let id = ReferralID(checked: String(decided.name.dropFirst("referrals/".count)))
    let stored = try await world.store.read { (try $0.referral(id), try $0.decisions(of: id)) }
    #expect(stored.0?.partnerCaseReference == decided.partnerCaseRef)
    #expect(stored.1.map(\.reason) == [.criteriaMet])
  }

  /// Expects none of these in the files, neither as it is nor in base 64.
  private func expectNone(of secrets: Set<String>, in world: World) throws {
    let bytes = try world.storedBytes()
    #expect(bytes.count > 500_000)
    for secret in secrets where bytes.range(of: Data(secret.utf8)) != nil {
      Issue.record("the file holds \(secret)")
    }
    // Whatever byte it begins at.
    for secret in secrets.filter({ $0.utf8.count >= 9 }) {
      for shift in 0..<3 {
        let encoded = Data(Array(repeating: 0, count: shift) + Array(secret.utf8))
          .base64EncodedString().dropFirst(4).dropLast(4)
        #expect(bytes.range(of: Data(encoded.utf8)) == nil, "\(secret)")
      }
    }
  }
}
