import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What calls leave for reports to count.
@Suite("Facts")
struct FactTests {
  private static func facts(_ world: World) async throws -> [FactGroup] {
    let start = try #require(CivilDate("2023-06-12"))
    let end = try #require(CivilDate("2024-06-12"))
    return try await world.store.read {
      try $0.factGroups(of: ReferenceData.pilotID, from: start, before: end)
    }
  }

  private static func count(_ measure: Measure, _ facts: [FactGroup]) -> Int {
    facts.filter { $0.measure == measure }.reduce(0) { $0 + $1.number * $1.count }
  }

  @Test("the road leaves a fact of each step", arguments: World.StoreKind.allCases)
  func road(_ kind: World.StoreKind) async throws {
    let traveller = try await Traveller(kind)
    try await traveller.register()
    try await traveller.screen()
    try await traveller.attendInterview()
    try await traveller.findEligible()
    _ = try await traveller.decide(try await traveller.refer())
    let facts = try await Self.facts(traveller.world)
    for measure in [Measure.submitted, .invited, .referralsSent, .referralsAccepted] {
      #expect(Self.count(measure, facts) == 1, "\(measure)")
    }
    for measure in [Measure.screenedOut, .withdrawn, .noShow, .referralsReturned, .outcomes] {
      #expect(Self.count(measure, facts) == 0, "\(measure)")
    }
    #expect(Self.count(.seatsUsed, facts) == 3)
    let submitted = try #require(facts.first { $0.measure == .submitted })
    #expect(submitted.values[.language] == "kek")
    #expect(submitted.values[.nationality] == "GT")
    #expect(submitted.values[.channel] == "CONTACT_CENTRE")
    let steps = facts.filter { $0.measure == .medianDays }.compactMap { $0.values[.step] }
    #expect(
      Set(steps) == ["SUBMITTED", "SCREENING", "INVITED", "INTERVIEWED", "ELIGIBLE"])
    #expect(facts.first { $0.measure == .referralsSent }?.values == [.partner: "us-rsc"])
  }

  @Test("a submission counts its reasons to leave", arguments: World.StoreKind.allCases)
  func leaving(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let draft = try await dossier.complete {
      $0.registration?.answers?.leavingReasons = [.noWork, .disaster]
    }
    _ = try await dossier.submitted(draft)
    let facts = try await Self.facts(dossier.world).filter { $0.measure == .leaving }
    #expect(
      Set(facts.map(\.values)) == [
        [.department: "GT-09", .reason: "NO_WORK"], [.department: "GT-09", .reason: "DISASTER"],
      ])
    #expect(facts.allSatisfy { $0.count == 1 && $0.number == 1 })
  }

  @Test("what is undone leaves none", arguments: World.StoreKind.allCases)
  func undone(_ kind: World.StoreKind) async throws {
    let scene = try await RegistrationScene(.screening, in: kind)
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      _ = try await scene.caller("SCREENER").inviteRegistration(
        .with {
          $0.name = scene.name
          $0.etag = "\"other.1\""
          $0.serviceKind = .interview
          $0.requestId = requestID()
        })
    }
    #expect(try await Self.facts(scene.world) == [])
  }

  @Test("a change asked for twice is counted once", arguments: World.StoreKind.allCases)
  func repeated(_ kind: World.StoreKind) async throws {
    let scene = try await RegistrationScene(.screening, in: kind)
    let request = SafeMobility.InviteRegistrationRequest.with {
      $0.name = scene.name
      $0.etag = scene.registration.etag.text
      $0.serviceKind = .interview
      $0.requestId = requestID()
    }
    for _ in 0..<2 { _ = try await scene.caller("SCREENER").inviteRegistration(request) }
    #expect(Self.count(.invited, try await Self.facts(scene.world)) == 1)
  }

  @Test("denied calls are counted by partner, refused ones are not")
  func denials() async throws {
    let world = try await World()
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await world.caller("unhcr/SCREENER").programs.startPilot(.init())
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await world.caller("unhcr/SCREENER").applicants.getRegistration(.init())
    }
    await #expect(throws: (any Error).self) {
      _ = try await world.stranger.partners.listPartners(.init())
    }
    let denials = try await Self.facts(world).filter { $0.measure == .denials }
    #expect(Set(denials.map(\.values)) == [[.partner: "unhcr"], [.partner: "UNKNOWN"]])
    #expect(denials.allSatisfy { $0.count == 1 })
  }

  @Test("the names of measures, dimensions and values are the contract's")
  func names() {
    func expectNames<Value: CaseIterable & RawRepresentable<Int>>(
      _ values: Value.Type, _ descriptor: EnumDescriptor, _ prefix: String,
      _ name: (Value) -> String
    ) {
      #expect(
        values.allCases.map { prefix + name($0) }
          == values.allCases.map { descriptor.name(of: Int32($0.rawValue)) ?? "" })
      #expect(values.allCases.count == descriptor.values.count - 1)
    }
    expectNames(Measure.self, SafeMobility.Measure.descriptor, "MEASURE_", \.name)
    expectNames(Dimension.self, SafeMobility.Dimension.descriptor, "DIMENSION_", \.name)
    expectNames(
      ScreenOutReason.self, SafeMobility.ScreenOutReason.descriptor, "SCREEN_OUT_REASON_",
      FactValue.name(of:))
    expectNames(
      WithdrawalReason.self, SafeMobility.WithdrawalReason.descriptor, "WITHDRAWAL_REASON_",
      FactValue.name(of:))
    expectNames(
      Outcome.self, SafeMobility.Outcome.descriptor, "OUTCOME_", FactValue.name(of:))
    expectNames(Sex.self, SafeMobility.Sex.descriptor, "SEX_", FactValue.name(of:))
    expectNames(
      Domain.Channel.self, SafeMobility.Channel.descriptor, "CHANNEL_", FactValue.name(of:))
    expectNames(
      RegistrationState.self, SafeMobility.RegistrationState.descriptor, "REGISTRATION_STATE_",
      FactValue.name(of:))
  }
}
