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

  @Test(
    "a case that goes to and fro is counted once in each step", arguments: World.StoreKind.allCases)
  func toAndFro(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    var current = try await dossier.submitted(try await dossier.complete())
    let (name, screener) = (current.name, dossier.screener)
    current = try #require(
      try await screener.startScreening(
        .with { ($0.name, $0.etag, $0.requestId) = (name, current.etag, requestID()) }
      ).registration)
    for _ in 0..<3 {
      dossier.world.clock.advance(by: .days(1))
      let asked = try await screener.requestInfo(
        .with {
          ($0.name, $0.etag, $0.requestId) = (name, current.etag, requestID())
          $0.items = [.photo]
        })
      dossier.world.clock.advance(by: .days(1))
      let etag = asked.registration?.etag ?? ""
      current = try #require(
        try await dossier.agent.provideInfo(
          .with { ($0.name, $0.etag, $0.requestId) = (name, etag, requestID()) }
        ).registration)
    }
    for round in 0..<2 {
      let out = try await screener.screenOut(
        .with {
          ($0.name, $0.etag, $0.requestId) = (name, current.etag, requestID())
          ($0.reason, $0.advice) = (.noResponse, [.legalAid])
        })
      guard round == 0 else { break }
      let etag = out.registration?.etag ?? ""
      current = try #require(
        try await dossier.client("unhcr/SCREENER").reopenRegistration(
          .with { ($0.name, $0.etag, $0.requestId) = (name, etag, requestID()) }
        ).registration)
    }
    let facts = try await Self.facts(dossier.world)
    #expect(Self.count(.screenedOut, facts) == 1)
    let days = facts.filter { $0.measure == .medianDays }
    #expect(days.allSatisfy { $0.count == 1 })
    #expect(
      Dictionary(uniqueKeysWithValues: days.map { ($0.values[.step] ?? "", $0.number) })
        == ["SUBMITTED": 0, "SCREENING": 3, "INFO_REQUESTED": 3])
  }

  @Test("a referral that is returned twice was returned once", arguments: World.StoreKind.allCases)
  func returned(_ kind: World.StoreKind) async throws {
    let scene = try await ReferralCase(kind)
    var referral = try await scene.sent(on: .h2a)
    for round in 0..<2 {
      let release = referral.release?.releaseSha256 ?? []
      let received = try #require(
        try await scene.mintrab.acknowledgeReferral(
          .with {
            ($0.name, $0.etag, $0.requestId) = (referral.name, referral.etag, requestID())
            $0.releaseSha256 = release
          }
        ).referral)
      let returned = try #require(
        try await scene.mintrab.returnReferral(
          .with {
            ($0.name, $0.etag, $0.requestId) = (received.name, received.etag, requestID())
            $0.reason = .incomplete
          }
        ).referral)
      guard round == 0 else { break }
      referral = try #require(
        try await scene.caseworker.resendReferral(
          .with { ($0.name, $0.etag, $0.requestId) = (returned.name, returned.etag, requestID()) }
        ).referral)
    }
    let facts = try await Self.facts(scene.world)
    #expect(Self.count(.referralsSent, facts) == 1)
    #expect(Self.count(.referralsReturned, facts) == 1)
  }

  @Test(
    "a hold that comes after the submission is counted, and once",
    arguments: World.StoreKind.allCases)
  func heldLater(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    _ = try await scene.submitted()
    // The same name, born on quite another day: looked at, and not held.
    let namesake = try await scene.submitted(born: (1962, 11, 4), phone: "+50255550199")
    #expect(Self.count(.duplicatesHeld, try await Self.facts(scene.world)) == 0)
    let candidate = try #require(try await scene.list(of: namesake).first)
    try await scene.resolve(candidate, .confirmed)
    try await scene.expectHeld(namesake)
    #expect(Self.count(.duplicatesHeld, try await Self.facts(scene.world)) == 1)
    // One that a document brings.
    let other = try await scene.submitted("Pedro Choc Pop", phone: "+50255550166")
    let twin = try await scene.submitted("Rosa Tut Cuc", phone: "+50255550155")
    for registration in [other, twin] {
      let current = try await scene.dossier.read(registration)
      _ = try await scene.dossier.document(of: current) { $0.number = TwinTests.number }
    }
    let isHeld = try await [scene.isHeld(other), scene.isHeld(twin)]
    #expect(
      Self.count(.duplicatesHeld, try await Self.facts(scene.world))
        == 1 + isHeld.count { $0 })
  }

  @Test(
    "seats of a slot that two close at once are taken back once",
    arguments: World.StoreKind.allCases)
  func closedTwice(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    var seatCount = 0
    for hour in 1...10 {
      let slot = try await world.slot(in: .hours(hour))
      seatCount += slot.capacitySeats
      async let first = BlockSlotsTests.block(world) { $0.slots = [slot.resourceName] }
      async let second = BlockSlotsTests.block(world) { $0.slots = [slot.resourceName] }
      let answers = try await [first, second]
      #expect(answers.reduce(0) { $0 + $1.blockedSlots } == 1)
    }
    #expect(Self.count(.seatsOffered, try await Self.facts(world)) == -seatCount)
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
