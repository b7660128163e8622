import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What is not there and what one may not see must look alike to the byte (domain § 11).
@Suite("Uniform denial")
struct UniformDenialTests {
  static func failure(
    _ body: () async throws(RPCError) -> Void
  ) async throws -> RPCError {
    do throws(RPCError) {
      try await body()
    } catch {
      return error
    }
    throw Answered()
  }

  struct Answered: Error {}

  @Test("a hidden appointment and one that never was are denied in the same bytes")
  func appointment() async throws {
    let world = try await World()
    let household = try await world.household(in: .invited)
    let slot = try await world.slot()
    let scheduler = world.caller("iom/CONTACT_CENTRE")
    let hold = try #require(
      try await scheduler.appointments.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = "registrations/\(household.registration.id)"
          $0.seats = Int32(household.registration.householdCount)
          $0.requestId = requestID()
        }
      ).hold)
    let booked = try #require(
      try await scheduler.appointments.bookAppointment(
        .with {
          $0.hold = hold.name
          $0.fence = hold.fence
          $0.attendees = household.persons.map {
            "registrations/\(household.registration.id)/persons/\($0.id)"
          }
          $0.requestId = requestID()
        }
      ).appointment)
    var random = SystemRandomNumberGenerator()
    let other = world.caller("unhcr/APPLICANT", user: "somebody-else")
    var denials: [RPCError] = []
    for name in [booked.name, "appointments/\(AppointmentID(using: &random))"] {
      denials.append(
        try await Self.failure { () throws(RPCError) in
          _ = try await other.appointments.getAppointment(.with { $0.name = name })
        })
    }
    #expect(denials[0].code == .permissionDenied)
    #expect(denials[0].code == denials[1].code)
    #expect(denials[0].message == denials[1].message)
    #expect(denials[0].details == denials[1].details)
    #expect(denials[0].details != nil)
    #expect(denials.map { Refused($0)?.reason } == ["ACCESS_DENIED", "ACCESS_DENIED"])
    let names = denials.map { error in error.metadata.map(\.name) }
    #expect(names[0] == names[1])
  }

  static func hold(
    _ caller: WorldCaller, _ slot: Slot, _ registration: Registration
  ) async throws {
    _ = try await caller.appointments.holdSlot(
      .with {
        $0.slot = slot.resourceName
        $0.registration = "registrations/\(registration.id)"
        $0.seats = Int32(registration.householdCount)
        $0.requestId = requestID()
      })
  }

  @Test("protection holds are hidden from all but the United Nations' staff")
  func protectionHold() async throws {
    let world = try await World()
    let open = try await world.household(in: .invited, seed: 1).registration
    let protected = try await world.household(in: .invited, seed: 2).registration
    try await world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      try tx.insert(
        Partner(
          id: PartnerID(checked: "ngo"), uid: ResourceUID(using: &random), displayName: "An NGO",
          kind: .ngo, identities: ["spiffe://pasarela.dev/partner/ngo/role/CONTACT_CENTRE"],
          purposes: [.processing],
          revision: Revision(createdAt: tx.now)))
      var registration = protected
      registration.holds.insert(.protection)
      registration.revision.advance(at: tx.now)
      try tx.update(registration, from: protected.revision.version)
    }
    let slot = try await world.slot()
    try await Self.hold(world.caller("ngo/CONTACT_CENTRE"), slot, open)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      try await Self.hold(world.caller("ngo/CONTACT_CENTRE"), slot, protected)
    }
    try await Self.hold(world.caller("unhcr/CONTACT_CENTRE"), slot, protected)
  }

  @Test("a protection hold hides what was sent before, and keeps a case from being sent")
  func protectionOfReferrals() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent(on: .h2a)
    let draft = try await scene.draft(on: .spainLabour)
    try await scene.consent(to: .spainLabour)
    _ = try await scene.release(sent, as: scene.mintrab)
    try await scene.world.store.write { [registration = scene.registration] tx in
      guard var held = try tx.registration(registration) else { throw StoreError.notFound }
      let before = held.revision.version
      held.holds.insert(.protection)
      held.revision.advance(at: tx.now)
      try tx.update(held, from: before)
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.release(sent, as: scene.mintrab)
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.mintrab.getReferral(.with { $0.name = sent.name })
    }
    #expect(try await scene.mintrab.listReferrals(.init()).referrals.isEmpty)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await scene.send(draft)
    }
    #expect(try await scene.caseworker.getReferral(.with { $0.name = sent.name }).referral != nil)
  }
}
