import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// The hold that hides minors and survivors from all but their applicant and the United Nations' staff (domain § 11).
@Suite("Protection holds")
struct ProtectionTests {
  @Test(
    "a hold hides a case from everybody but the United Nations' staff and its applicant, and lifted all is as before",
    arguments: World.StoreKind.allCases)
  func hides(_ kind: World.StoreKind) async throws {
    let held = try await ProtectedCase(kind)
    let (sent, others) = try await held.referrals()
    let release = try await held.scene.release(sent, as: held.scene.mintrab)
    try await expectShown(held, sent, others)
    let answer = try #require(try await held.hold(true))
    #expect(answer.holds?.protection == true)
    #expect(answer.state == .referred)
    #expect(try await held.read("iom/SCREENER")?.holds?.protection == true)
    try await expectHidden(held, sent, others)
    // Whose case it is reads it as before, and not that it is held.
    let own = try #require(try await held.read(held.applicant))
    #expect(own.holds == nil)
    #expect(try await Set(held.referrals(held.applicant)) == [sent.name, others.name])
    _ = try await held.hold(false, as: "iom/SUPERVISOR")
    try await expectShown(held, sent, others)
    #expect(try await held.scene.release(sent, as: held.scene.mintrab) == release)
    #expect(try await held.read("iom/SCREENER")?.holds?.protection == false)
  }

  private func expectShown(
    _ held: ProtectedCase, _ sent: SafeMobility.Referral, _ others: SafeMobility.Referral
  ) async throws {
    #expect(try await held.read("ngo/SCREENER")?.name == held.name)
    #expect(try await held.listed(held.world.caller("ngo/SCREENER")) == [held.name])
    #expect(try await held.referrals(held.mintrab) == [sent.name])
    #expect(try await held.referrals(held.sender) == [others.name])
    let read = try await held.scene.receiver(on: .spainLabour).getReferral(
      .with { $0.name = others.name })
    #expect(read.referral?.name == others.name)
  }

  private func expectHidden(
    _ held: ProtectedCase, _ sent: SafeMobility.Referral, _ others: SafeMobility.Referral
  ) async throws {
    var random = SystemRandomNumberGenerator()
    let absent = "registrations/\(RegistrationID(using: &random))"
    var denials: [RPCError] = []
    for name in [held.name, absent] {
      denials.append(
        try await UniformDenialTests.failure { () throws(RPCError) in
          _ = try await held.world.caller("ngo/SCREENER").applicants.getRegistration(
            .with { $0.name = name })
        })
    }
    #expect(denials[0].code == .permissionDenied)
    #expect(denials[0].message == denials[1].message)
    #expect(denials[0].details == denials[1].details && denials[0].details != nil)
    #expect(try await held.listed(held.world.caller("ngo/SCREENER")).isEmpty)
    let spain = try held.scene.receiver(on: .spainLabour)
    for (client, referral) in [
      (held.mintrab.referrals, sent), (held.sender.referrals, others), (spain, others),
    ] {
      #expect(try await client.listReferrals(.init()).referrals.isEmpty)
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await client.getReferral(.with { $0.name = referral.name })
      }
    }
    for (client, referral) in [(held.mintrab.referrals, sent), (spain, others)] {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await client.getRelease(.with { $0.name = referral.name })
      }
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await client.acknowledgeReferral(.init(receiving: referral))
      }
    }
    #expect(try await held.referrals(held.world.caller("unhcr/CASEWORKER")) == [sent.name])
  }

  @Test(
    "what is held is sent to nobody but the United Nations' partners, until the hold is lifted",
    arguments: World.StoreKind.allCases)
  func sends(_ kind: World.StoreKind) async throws {
    let held = try await ProtectedCase(kind)
    try await held.scene.consent(to: .h2a)
    let draft = try await held.scene.draft(on: .h2a)
    let theirs = try await held.ngoDraft()
    _ = try await held.hold(true)
    let caseworker = held.world.caller("unhcr/CASEWORKER")
    let id = try #require(ReferralID(rawValue: draft.uid))
    let stored = try #require(try await held.world.store.read { try $0.referral(id) })
    let request = SafeMobility.SendReferralRequest.with {
      ($0.name, $0.etag, $0.requestId) = (draft.name, stored.etag.text, requestID())
    }
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await caseworker.referrals.sendReferral(request)
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await held.sender.referrals.sendReferral(
        .with { ($0.name, $0.etag, $0.requestId) = (theirs.name, theirs.etag, requestID()) })
    }
    _ = try await held.hold(false)
    let shown = try await caseworker.referrals.getReferral(.with { $0.name = draft.name })
    let mended = try #require(shown.referral)
    #expect(try await held.send(mended, as: caseworker).state == .sent)
  }

  @Test(
    "each change has one event and one entry, and the referrals that are not over one event of the server's each",
    arguments: World.StoreKind.allCases)
  func leavesTraces(_ kind: World.StoreKind) async throws {
    let held = try await ProtectedCase(kind)
    let over = try await held.scene.sent(on: .h2a)
    _ = try await held.scene.mintrab.rejectReferral(
      .with {
        ($0.name, $0.etag, $0.requestId) = (over.name, over.etag, requestID())
        $0.reason = .outOfScope
      })
    let draft = try await held.scene.draft(on: .spainLabour)
    let sent = try await held.scene.sent()
    for (isHeld, own, theirs) in [
      (true, "SetProtectionHold", "Conceal"), (false, "LiftProtectionHold", "Reveal"),
    ] {
      let before = try await held.scene.storedRegistration()
      let feed = try await ChangeTraceTests.feed(held.world).last?.position ?? 0
      let audit = try await held.world.auditCount()
      _ = try await held.hold(isHeld)
      let events = try await ChangeTraceTests.feed(held.world, after: feed).map(\.event)
      #expect(events.count == 3)
      let registered = try #require(events.first { $0.aggregate == .registration })
      #expect(registered.type == own)
      #expect(registered.actorClass == .staff)
      #expect(registered.version == before.revision.version.next)
      #expect(registered.stateBefore == registered.stateAfter)
      let told = events.filter { $0.aggregate == .referral }
      #expect(Set(told.map(\.uid)) == [draft.uid, sent.uid])
      #expect(told.allSatisfy { $0.type == theirs && $0.actorClass == .system })
      #expect(told.allSatisfy { $0.stateBefore == $0.stateAfter })
      for event in told {
        let id = try #require(ReferralID(rawValue: event.uid))
        let stored = try await held.world.store.read { try $0.referral(id) }
        #expect(stored?.revision.version == event.version)
        #expect(stored?.state.rawValue == event.stateAfter)
      }
      #expect(try await held.world.auditCount() == audit + 1)
      let entry = try #require(try await held.world.lastAuditEntries().last)
      #expect(entry.method == "safemobility.v1.ApplicantService/SetProtectionHold")
      #expect(entry.verdict == .allow)
      #expect(entry.casePseudonym != nil)
      #expect(entry.versionBefore == before.revision.version)
      #expect(entry.versionAfter == before.revision.version.next)
    }
    #expect(try await held.world.events(of: .referral, over.uid).count == 3)
  }

  @Test("nobody but the United Nations' staff sets it, and others learn nothing by asking")
  func isTheirs() async throws {
    let held = try await ProtectedCase()
    let before = try await held.scene.storedRegistration()
    var random = SystemRandomNumberGenerator()
    let nobody = "registrations/\(RegistrationID(using: &random))"
    let absent = try await UniformDenialTests.failure { () throws(RPCError) in
      _ = try await held.world.caller("ngo/REVIEWER").applicants.setProtectionHold(
        .with {
          $0.name = nobody
          ($0.etag, $0.requestId, $0.hold) = (before.etag.text, requestID(), true)
        })
    }
    for identity in ["ngo/REVIEWER", "ngo/SUPERVISOR"] {
      // The etag is not looked at before: it would tell whether somebody has been at work.
      for etag in [before.etag.text, "\"x.1\""] {
        let denial = try await UniformDenialTests.failure { () throws(RPCError) in
          try await held.hold(true, as: identity, etag: etag)
        }
        #expect(denial.code == .permissionDenied)
        #expect(denial.details == absent.details && denial.message == absent.message)
        let entry = try #require(try await held.world.lastAuditEntries().last)
        #expect(entry.verdict == .deny)
        #expect(entry.internalReason == "ACCESS_DENIED: \(Denial.notUnitedNations.rawValue)")
        #expect(entry.casePseudonym != nil)
      }
    }
    for identity in ["unhcr/SCREENER", "unhcr/CASEWORKER", "unhcr/DPO"] {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) { () throws(RPCError) in
        try await held.hold(true, as: identity)
      }
    }
    #expect(try await held.scene.storedRegistration() == before)
  }

  @Test("it is set once and lifted once, says which, and its repetition changes nothing")
  func once() async throws {
    let held = try await ProtectedCase()
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) { () throws(RPCError) in
      try await held.hold(false)
    }
    let (id, etag) = (requestID(), try await held.scene.storedRegistration().etag.text)
    let first = try await held.hold(true, etag: etag, requestID: id)
    let version = try await held.scene.storedRegistration().revision.version
    #expect(try await held.hold(true, etag: etag, requestID: id) == first)
    #expect(try await held.scene.storedRegistration().revision.version == version)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) { () throws(RPCError) in
      try await held.hold(true)
    }
    await expectRefusal("ETAG_MISMATCH", .aborted) { () throws(RPCError) in
      try await held.hold(false, etag: etag)
    }
    let present = try await held.scene.storedRegistration().etag.text
    let silent = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await held.world.caller("unhcr/REVIEWER").applicants.setProtectionHold(
        .with { ($0.name, $0.etag, $0.requestId) = (held.name, present, requestID()) })
    }
    #expect(silent?.fields == ["hold"])
  }
}
