import Domain
import PostgresFixture
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Several registrations in one call: each as if it had been asked for alone.
@Suite struct BatchGetTests {
  private func get(
    _ caller: WorldCaller, _ names: [String], _ view: SafeMobility.View = .basic
  ) async throws -> [SafeMobility.RegistrationResult] {
    try await caller.applicants.batchGetRegistrations(
      .with { ($0.names, $0.view) = (names, view) }
    ).results
  }

  /// A world with registrations, one of them hidden from all but the United Nations' staff.
  private func scene(
    _ kind: World.StoreKind = .memory
  ) async throws -> (World, names: [String], hidden: String) {
    let world = try await World(kind)
    var names: [String] = []
    for seed in 1...3 {
      let household = try await world.household(in: .screening, seed: UInt64(seed))
      names.append("registrations/\(household.registration.id)")
    }
    let protected = try await world.household(in: .screening, seed: 4).registration
    try await world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      try tx.insert(
        Partner(
          id: PartnerID(checked: "ngo"), uid: ResourceUID(using: &random), displayName: "An NGO",
          kind: .ngo, identities: ["spiffe://pasarela.dev/partner/ngo/role/SCREENER"],
          purposes: [.processing], revision: Revision(createdAt: tx.now)))
      var registration = protected
      registration.holds.insert(.protection)
      registration.revision.advance(at: tx.now)
      try tx.update(registration, from: protected.revision.version)
    }
    return (world, names, "registrations/\(protected.id)")
  }

  @Test(arguments: World.StoreKind.allCases)
  func `each is there in the order asked, with an entry of its own`(
    _ kind: World.StoreKind
  ) async throws {
    let (world, names, _) = try await scene(kind)
    let screener = world.caller("unhcr/SCREENER")
    let asked = [names[2], names[0], names[1]]
    for view in [SafeMobility.View.basic, .full] {
      let before = try await world.auditCount()
      let results = try await get(screener, asked, view)
      #expect(results.map(\.name) == asked)
      #expect(try await world.auditCount() == before + 4)
      let entries = try await world.lastAuditEntries(4)
      #expect(entries.allSatisfy { $0.verdict == .allow })
      #expect(
        entries.prefix(3).map { $0.subject.map { "registrations/\($0.registration)" } } == asked)
      #expect(Set(entries.prefix(3).map(\.casePseudonym)).count == 3)
      for result in results {
        let alone = try await screener.applicants.getRegistration(
          .with { ($0.name, $0.view) = (result.name, view) }
        ).registration
        #expect(result.result == alone.map { .registration($0) })
        #expect(alone?.persons.isEmpty == (view == .basic))
      }
    }
  }

  @Test(arguments: World.StoreKind.allCases)
  func `hidden and absent ones are the same to the byte, and the log knows why`(
    _ kind: World.StoreKind
  ) async throws {
    let (world, names, hidden) = try await scene(kind)
    var random = SystemRandomNumberGenerator()
    let absent = "registrations/\(RegistrationID(using: &random))"
    let before = try await world.auditCount()
    let results = try await get(
      world.caller("ngo/SCREENER"), [hidden, names[0], absent])
    #expect(try await world.auditCount() == before + 4)
    let statuses = try results.map { result -> [UInt8]? in
      guard case .status(let status) = result.result else { return nil }
      #expect(status.code == Int32(StatusCode.permissionDenied.rawValue))
      let info = try status.details.map { try $0.unpacked(as: GoogleRPC.ErrorInfo.self) }
      #expect(info.map { $0?.reason } == ["ACCESS_DENIED"])
      return try status.serializedBytes()
    }
    #expect(statuses[0] != nil)
    #expect(statuses[0] == statuses[2])
    #expect(statuses[1] == nil)
    let entries = try await world.lastAuditEntries(4)
    #expect(entries.map(\.verdict) == [.deny, .allow, .deny, .allow])
    #expect(entries[0].subject != nil && entries[2].subject == nil)
    #expect(entries[0].internalReason?.contains(Denial.outOfReach.rawValue) == true)
    #expect(entries[2].internalReason?.contains(Denial.absent.rawValue) == true)
    // What a denied item shows is what the call for it alone would show.
    let alone = try await UniformDenialTests.failure { () throws(RPCError) in
      _ = try await world.caller("ngo/SCREENER").applicants.getRegistration(
        .with { $0.name = hidden })
    }
    #expect(alone.details == statuses[0])
  }

  @Test func `a name twice, too many, none and no name are refused before anything is read`()
    async throws
  {
    let (world, names, _) = try await scene()
    let screener = world.caller("unhcr/SCREENER")
    var random = SystemRandomNumberGenerator()
    let many = (0...100).map { _ in "registrations/\(RegistrationID(using: &random))" }
    let wrong: [[String]] = [[names[0], names[0]], many, [], [names[0], "offices/gt-xel-01"]]
    for names in wrong {
      let before = try await world.auditCount()
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await get(screener, names)
      }
      #expect(refused?.fields.allSatisfy { $0.hasPrefix("names") } == true)
      #expect(try await world.auditCount() == before + 1)
    }
    #expect(try await get(screener, Array(many.prefix(100))).count == 100)
  }

  @Test func `a hundred take as many round trips as one`() async throws {
    let (world, names, _) = try await scene(.postgres)
    let store = try #require(world.store as? SettledStore)
    let screener = world.caller("unhcr/SCREENER")
    _ = try await get(screener, names)
    for (view, trips) in [(SafeMobility.View.basic, 2), (.full, 3)] {
      let before = store.unitRoundTripCount
      _ = try await get(screener, names, view)
      #expect(store.unitRoundTripCount - before == trips, "\(view)")
    }
  }
}
