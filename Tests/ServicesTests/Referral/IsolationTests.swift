import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// To whom a referral was not sent, it does not exist (domain § 1.5, § 11).
@Suite("Isolation of partners")
struct IsolationTests {
  /// A denied call, with what tells one denial from another taken out.
  struct Denial: Equatable {
    var code: StatusCode
    var message: String
    var details: [UInt8]?
    /// Trailers, but for the entry of the log, which is another one each time, and the digest of
    /// the request, which names what was asked for.
    var trailers: [String]
    var lengths: [Int]

    init(_ error: RPCError) {
      code = error.code
      message = error.message
      details = error.details
      trailers = error.metadata.map(\.name)
      lengths = trailers.map { error.metadata[$0]?.utf8.count ?? -1 }
    }
  }

  static func denial(_ body: () async throws(RPCError) -> Void) async throws -> Denial {
    do throws(RPCError) {
      try await body()
    } catch {
      return Denial(error)
    }
    throw Answered()
  }

  struct Answered: Error {}

  @Test("another partner's referral, a draft to oneself and one that never was are denied alike")
  func byteEqual() async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .h2a)
    let sent = try await scene.sent()
    var random = SystemRandomNumberGenerator()
    let absent = "referrals/\(ReferralID(using: &random))"
    // Served for H-2, MINTRAB must not learn of the same person's refugee case.
    for hidden in [draft.name, sent.name] {
      #expect(try await Self.getting(scene.mintrab, hidden) == Self.getting(scene.mintrab, absent))
      #expect(try await Self.reading(scene.mintrab, hidden) == Self.reading(scene.mintrab, absent))
      let etag = sent.etag
      let refused = try await Self.accepting(scene.mintrab, hidden, etag)
      #expect(try await refused == Self.accepting(scene.mintrab, absent, etag))
    }
    let denial = try await Self.getting(scene.mintrab, absent)
    #expect(denial.code == .permissionDenied)
    #expect(denial.details != nil)
  }

  private static func getting(
    _ client: SafeMobility.ReferralServiceClient, _ name: String
  ) async throws -> Denial {
    try await denial { () throws(RPCError) in
      _ = try await client.getReferral(.with { $0.name = name })
    }
  }

  private static func reading(
    _ client: SafeMobility.ReferralServiceClient, _ name: String
  ) async throws -> Denial {
    try await denial { () throws(RPCError) in
      _ = try await client.getRelease(.with { $0.name = name })
    }
  }

  private static func accepting(
    _ client: SafeMobility.ReferralServiceClient, _ name: String, _ etag: String
  ) async throws -> Denial {
    try await denial { () throws(RPCError) in
      _ = try await client.acceptReferral(
        .with {
          $0.name = name
          $0.etag = etag
          $0.partnerCaseRef = "MT-1"
          $0.requestId = requestID()
        })
    }
  }

  @Test("a draft that was recalled was never sent, and does not exist for its receiver")
  func recalledDraft() async throws {
    let scene = try await ReferralCase()
    let draft = try await scene.draft(on: .h2a)
    _ = try await scene.caseworker.recallReferral(
      .with {
        $0.name = draft.name
        $0.etag = draft.etag
        $0.reason = .sentInError
        $0.requestId = requestID()
      })
    var random = SystemRandomNumberGenerator()
    let absent = "referrals/\(ReferralID(using: &random))"
    let hidden = try await Self.getting(scene.mintrab, draft.name)
    #expect(try await hidden == Self.getting(scene.mintrab, absent))
    let listed = try await scene.mintrab.listReferrals(.init()).referrals
    #expect(listed.isEmpty)
  }

  @Test("a list holds what was sent to the caller, and leaves no gap for the rest")
  func lists() async throws {
    let scene = try await ReferralCase()
    let resettlement = try await scene.sent()
    let work = try await scene.sent(on: .h2a)
    _ = try await scene.draft(on: .spainLabour)
    func list(
      _ client: SafeMobility.ReferralServiceClient, filter: String = ""
    ) async throws -> [String] {
      let answer = try await client.listReferrals(.with { $0.filter = filter })
      #expect(answer.nextPageToken == "")
      return answer.referrals.map(\.name)
    }
    #expect(try await list(scene.rsc) == [resettlement.name])
    #expect(try await list(scene.mintrab) == [work.name])
    #expect(try await list(scene.client("ca-gov/PARTNER_OFFICER")) == [])
    #expect(try await list(scene.client("iom/CASEWORKER")) == [])
    #expect(try await list(scene.caseworker).count == 3)
    #expect(try await list(scene.caseworker, filter: "state = DRAFT").count == 1)
    #expect(try await list(scene.rsc, filter: "state = DRAFT") == [])
    let narrow = "pathway = pathways/US-H2A AND to_partner = \"partners/gt-mintrab\" AND state=SENT"
    #expect(try await list(scene.caseworker, filter: narrow) == [work.name])
    #expect(try await list(scene.caseworker, filter: "overdue = true") == [])
    #expect(try await list(scene.caseworker, filter: "state = SENT AND overdue = false").count == 2)
    let now = "\"\(scene.world.clock.now)\""
    #expect(try await list(scene.caseworker, filter: "create_time >= \(now)").count == 3)
    #expect(try await list(scene.caseworker, filter: "update_time < \(now)") == [])
  }

  @Test(
    "a filter that is no conjunction of the schema's comparisons is refused",
    arguments: [
      "state", "state =", "state = NOWHERE", "state > SENT", "purpose = RESETTLEMENT",
      "state = SENT OR state = DRAFT", "state = SENT AND", "overdue = maybe", "pathway = \"",
      "update_time > yesterday", "= = =",
    ])
  func badFilter(filter: String) async throws {
    let office = try await World().caller("unhcr/CASEWORKER").referrals
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await office.listReferrals(.with { $0.filter = filter })
    }
    #expect(refused?.fields == ["filter"])
  }

  @Test("pages of a list hold each referral once")
  func pages() async throws {
    let scene = try await ReferralCase()
    var made: [String] = []
    for _ in 0..<5 {
      scene.world.clock.advance(by: .seconds(1))
      made.append(try await scene.draft().name)
    }
    var (found, token): ([String], String) = ([], "")
    repeat {
      let page = try await scene.caseworker.listReferrals(
        .with { [token] in
          $0.pageSize = 2
          $0.pageToken = token
        })
      found += page.referrals.map(\.name)
      token = page.nextPageToken
    } while !token.isEmpty && found.count < 10
    #expect(found == made)
  }

  @Test("an office refers only what it found eligible, with the persons of that household")
  func create() async throws {
    let scene = try await ReferralCase()
    let other = try await scene.world.household(in: .eligible, seed: 99)
    await expectRefusal("RULE_NOT_MET", .failedPrecondition) {
      _ = try await scene.draft(on: .familyReunificationParole)
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await scene.draft(persons: [other.registration.principal])
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await scene.draft(persons: [])
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await scene.draft(persons: [scene.persons[0], scene.persons[0]])
    }
    let listed = try await scene.caseworker.listReferrals(.init()).referrals
    #expect(listed.isEmpty)
  }

  @Test("the applicant, and the agent who speaks for it, see and withdraw its referral")
  func applicant() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent(on: .h2a)
    let accepted = try #require(
      try await scene.mintrab.acceptReferral(
        .with {
          $0.name = sent.name
          $0.etag = sent.etag
          $0.partnerCaseRef = "MT-7"
          $0.requestId = requestID()
        }
      ).referral)
    let stranger = scene.world.caller("unhcr/APPLICANT", user: "somebody").referrals
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await stranger.getReferral(.with { $0.name = accepted.name })
    }
    let agent = scene.world.caller("iom/CONTACT_CENTRE").referrals
    let seen = try await agent.getReferral(.with { $0.name = accepted.name }).referral
    #expect(seen?.etag == accepted.etag)
    let asked = try await agent.requestWithdrawal(
      .with {
        $0.name = accepted.name
        $0.etag = accepted.etag
        $0.requestId = requestID()
      }
    ).referral
    #expect(asked?.state == .withdrawalRequested)
  }
}
