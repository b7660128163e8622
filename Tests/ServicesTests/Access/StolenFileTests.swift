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
    let bytes = try world.storedBytes()
    #expect(bytes.count > 500_000)
    for secret in wanted where bytes.range(of: Data(secret.utf8)) != nil {
      Issue.record("the file holds \(secret)")
    }
    // Nor in base 64, whatever byte it begins at.
    for secret in wanted.filter({ $0.utf8.count >= 9 }) {
      for shift in 0..<3 {
        let encoded = Data(Array(repeating: 0, count: shift) + Array(secret.utf8))
          .base64EncodedString().dropFirst(4).dropLast(4)
        #expect(bytes.range(of: Data(encoded.utf8)) == nil, "\(secret)")
      }
    }
    // What was stored is there for who may see it.
    let mine = try await world.caller("iom/APPLICANT", user: user).applicants
      .listRegistrations(.with { $0.program = "programs/\(ReferenceData.pilotID)" })
    #expect(mine.registrations.count == SampleHousehold.Kind.allCases.count)
  }
}
