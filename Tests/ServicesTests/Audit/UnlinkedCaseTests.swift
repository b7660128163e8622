import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// What the log tells somebody who knows whose some of its entries are.
@Suite struct UnlinkedCaseTests {
  private typealias Entry = SafeMobility.AuditEntry

  /// The entries that some are tied to by anything that they have in common, over any number of others.
  private func linked(to known: [Entry], among all: [Entry]) -> [Entry] {
    func marks(_ entry: Entry) -> Set<[UInt8]> {
      Set([entry.casePseudonym, entry.userPseudonym, entry.releaseCommitment])
        .subtracting([[]])
    }
    var found = known
    var seen = known.reduce(into: Set<[UInt8]>()) { $0.formUnion(marks($1)) }
    while true {
      let more = all.filter { entry in
        !seen.isDisjoint(with: marks(entry)) && !found.contains { $0.uid == entry.uid }
      }
      if more.isEmpty { return found }
      found += more
      seen = more.reduce(into: seen) { $0.formUnion(marks($1)) }
    }
  }

  private func everything(_ world: World) async throws -> [Entry] {
    let audit = SafeMobility.AuditServiceClient(
      world.caller("us-prm/AUDITOR", purpose: "OVERSIGHT").client)
    return try await audit.listEntries(
      .with {
        $0.parent = "auditLogs/safemobility"
        $0.pageSize = 1_000
      }
    ).entries
  }

  @Test(arguments: World.StoreKind.allCases)
  func `who was sent a referral does not learn from the log that the case has another`(
    _ kind: World.StoreKind
  ) async throws {
    let scene = try await ReferralCase(kind)
    // The same partner, even the same user, sends both.
    let work = try await scene.sent(on: .h2a)
    let resettlement = try await scene.sent(on: .usrap)
    _ = try await scene.release(work, as: scene.receiver(on: .h2a))
    _ = try await scene.release(resettlement, as: scene.receiver(on: .usrap))
    _ = try await scene.receiver(on: .h2a).listReferrals(.init())
    _ = try await scene.caseworker.listReferrals(.init())
    let all = try await everything(scene.world)
    let own = all.filter { $0.partner == "partners/gt-mintrab" }
    #expect(own.count >= 2)
    let linked = linked(to: own, among: all)
    // The way leads to the sender's side of the same referral, and ends there.
    #expect(linked.contains { $0.profile == "gt-mintrab/H2" && $0.partner == "partners/unhcr" })
    #expect(!linked.contains { $0.profile == "us-rsc/USRAP" || $0.partner == "partners/us-rsc" })
    #expect(linked.count { $0.method.hasSuffix("/CreateReferral") } == 1)
    #expect(all.count { $0.method.hasSuffix("/CreateReferral") } == 2)
  }

  @Test(arguments: World.StoreKind.allCases)
  func `what is denied reads alike in the log, hidden or absent, and leads nowhere`(
    _ kind: World.StoreKind
  ) async throws {
    let scene = try await ReferralCase(kind)
    let sent = try await scene.sent(on: .usrap)
    _ = try await scene.release(sent, as: scene.rsc)
    var random = SystemRandomNumberGenerator()
    let absent = "referrals/\(ReferralID(using: &random))"
    // The same one twice: nor do two denials lead to each other.
    for name in [sent.name, absent, sent.name, "referrals/nothing"] {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await scene.mintrab.getReferral(.with { $0.name = name })
      }
    }
    // A batch has an entry for each name that is denied, and each is by itself too.
    try await scene.world.permitEverything(to: .gtMintrab)
    let clerk = scene.world.caller("gt-mintrab/SCREENER", purpose: "PROCESSING").applicants
    let names = [
      "registrations/\(scene.registration)", "registrations/\(RegistrationID(using: &random))",
    ]
    let batch = try await clerk.batchGetRegistrations(.with { $0.names = names })
    #expect(batch.results.count == 2)

    let all = try await everything(scene.world)
    let denied = all.filter { $0.decision == .deny }
    let probes = denied.filter { $0.partner == "partners/gt-mintrab" }
    #expect(probes.count == 6)
    for entry in denied {
      #expect(entry.casePseudonym.count == 32 && entry.userPseudonym.count == 32)
      #expect(linked(to: [entry], among: all).map(\.uid) == [entry.uid])
      #expect(entry.requestCommitment.count == 32 && entry.responseCommitment.isEmpty)
    }
    // Who may know finds the denials of a referral all the same.
    let stored = try await scene.world.lastAuditEntries(100).filter { $0.verdict == .deny }
    let referral = try #require(ReferralID(rawValue: sent.uid))
    let subjects = stored.filter { $0.partner == .gtMintrab }.map { $0.subject?.referral }
    #expect(subjects == [referral, nil, referral, nil, nil, nil])
    #expect(stored.filter { $0.subject?.registration == scene.registration }.count == 3)
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a person sees who was told, under all the pseudonyms of the case`(
    _ kind: World.StoreKind
  ) async throws {
    let scene = try await ReferralCase(kind)
    let sent = [try await scene.sent(on: .h2a), try await scene.sent(on: .usrap)]
    _ = try await scene.release(sent[0], as: scene.receiver(on: .h2a))
    _ = try await scene.release(sent[1], as: scene.receiver(on: .usrap))
    let name = "registrations/\(scene.registration)"
    _ = try await scene.world.caller("iom/SCREENER").applicants.getRegistration(
      .with { $0.name = name })
    var found: [SafeMobility.Disclosure] = []
    var request = SafeMobility.ListDisclosuresRequest.with {
      $0.parent = name
      $0.pageSize = 2
    }
    repeat {
      let page = try await scene.world.caller("iom/CONTACT_CENTRE").applicants
        .listDisclosures(request)
      found += page.disclosures
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && found.count < 50
    for (partner, referral) in [("gt-mintrab", sent[0]), ("us-rsc", sent[1])] {
      #expect(
        found.contains { $0.partner == "partners/\(partner)" && $0.referral == referral.name })
    }
    #expect(found.contains { $0.partner == "partners/iom" && $0.referral.isEmpty })
    // Who got what was sent is its receiver, for its purpose; the sender had it before.
    for (referral, purpose) in zip(sent, [SafeMobility.Purpose.h2Recruitment, .resettlement]) {
      let own = found.filter { $0.referral == referral.name }
      let received = own.filter { $0.partner == referral.toPartner }
      #expect(received.count == 2 && received.allSatisfy { $0.purpose == purpose })
      #expect(received.allSatisfy { !$0.dataClasses.isEmpty })
    }
    #expect(Set(found.map(\.auditEntry)).count == found.count)
  }
}
