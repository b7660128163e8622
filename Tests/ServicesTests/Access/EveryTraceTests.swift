import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// INV-9 of every method that changes something: ``TraceWatch`` looks at each call of many roads, and the schema says
/// whether one was left out.
@Suite("The trace of every method", .timeLimit(.minutes(5)))
struct EveryTraceTests {
  /// The methods whose every call is looked at: those that change something.
  private static func methods() throws -> Set<String> {
    Set(try SchemaText().methods.filter { !$0.isStreaming && $0.isChange }.map(\.name))
  }

  /// Makes calls in worlds that are watched, and says what was seen.
  private static func watching(_ body: () async throws -> Void) async throws -> TraceWatch.Seen {
    let (methods, tally) = (try methods(), TraceWatch.Tally())
    let watch: World.Outer = { [TraceWatch($0, methods, tally)] }
    try await World.$outer.withValue(watch) { try await body() }
    return tally.all
  }

  @Test(
    "each change has one event for each version and an entry for each record, whichever the method",
    arguments: World.StoreKind.allCases)
  func changes(_ kind: World.StoreKind) async throws {
    let seen = try await Self.watching {
      try await Self.moveRegistrations(kind)
      try await Self.moveAppointments(kind)
      try await Self.travel(kind)
      try await Self.endReferrals(kind)
      try await Self.workOnForms(kind)
      try await Self.holdAndWait(kind)
      try await Self.runProgramme(kind)
      try await Self.runOffices(kind)
      try await Self.moveByTwo()
    }
    #expect(seen.problems == [])
    #expect(try Self.methods().subtracting(seen.changed).sorted() == [], "no call has changed by")
    #expect(try Self.methods().count > 65)
  }

  @Test(
    "each refused change leaves an entry and nothing else, whichever the method",
    arguments: World.StoreKind.allCases)
  func refusals(_ kind: World.StoreKind) async throws {
    let methods = try SchemaText().methods.filter { !$0.isStreaming && $0.isChange }
    let seen = try await Self.watching {
      let scene = try await RecordScene(kind)
      for method in methods {
        for role in [Role(name: method.roles.sorted().first ?? ""), .reportReader].compactMap(
          \.self)
        {
          for side in RecordScene.Side.allCases {
            let request = try scene.request(of: method)
            do throws(RPCError) {
              // Whoever is on the other side is denied; of the own side most come with an etag that is none.
              _ = try await scene.world.transport.unary(
                method.descriptor, request: request,
                metadata: scene.caller(role, side, on: method).metadata, options: CallOptions())
            } catch {
              #expect(
                ![.unimplemented, .internal].contains(error.code), "\(method.name): \(error)")
            }
          }
        }
      }
    }
    #expect(seen.problems == [])
    #expect(try Self.methods().subtracting(seen.refused).sorted() == [], "no call was refused by")
  }

  // MARK: The roads

  private static func moveRegistrations(_ kind: World.StoreKind) async throws {
    for move in RegistrationMove.all {
      for state in move.sources.sorted(by: { $0.rawValue < $1.rawValue }).prefix(1) {
        try await move.call(RegistrationScene(state, in: kind, holds: move.holds))
      }
    }
  }

  private static func moveAppointments(_ kind: World.StoreKind) async throws {
    for move in AppointmentMove.all {
      for state in move.sources.sorted(by: { $0.rawValue < $1.rawValue }).prefix(2) {
        let scene = try await AppointmentScene(state, in: kind)
        scene.world.clock.set(move.moment.time(of: scene.appointment))
        _ = try await move.call(scene.world.caller(move.identity).appointments, scene)
      }
    }
  }

  private static func travel(_ kind: World.StoreKind) async throws {
    let traveller = try await Traveller(kind)
    try await traveller.register()
    try await traveller.screen()
    try await traveller.attendInterview()
    try await traveller.findEligible()
    let sent = try await traveller.refer()
    _ = try await traveller.close(try await traveller.decide(sent))
  }

  private static func endReferrals(_ kind: World.StoreKind) async throws {
    let scene = try await ReferralCase(kind)
    let draft = try await scene.draft(on: .spainLabour)
    _ = try await scene.caseworker.recallReferral(
      .with {
        ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID())
        $0.reason = .sentInError
      })
    let rejected = try await scene.sent(on: .h2a)
    _ = try await scene.mintrab.rejectReferral(
      .with {
        ($0.name, $0.etag, $0.requestId) = (rejected.name, rejected.etag, requestID())
        $0.reason = .outOfScope
      })
    let sent = try await scene.sent()
    let accepted = try #require(try await scene.rsc.acceptReferral(.init(accepting: sent)).referral)
    let asked = try #require(
      try await scene.caseworker.requestWithdrawal(.init(of: accepted)).referral)
    _ = try await scene.rsc.confirmWithdrawal(.init(of: asked))
    let advised = try await scene.draft(on: .chnv)
    _ = try await scene.caseworker.recordAdvice(
      .with { ($0.name, $0.etag, $0.requestId) = (advised.name, advised.etag, requestID()) })
  }

  private static func workOnForms(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let draft = try await dossier.draft()
    let document = try #require(try await dossier.document(of: draft).document)
    _ = try await dossier.client("iom/INTERVIEWER").verifyDocument(
      .with {
        ($0.name, $0.etag, $0.requestId) = (document.name, document.etag, requestID())
        $0.outcome = .genuine
      })
    let consent = try await dossier.granted(try await dossier.proposed(draft))
    _ = try await dossier.withdrawn(consent)

    let duplicates = try await DuplicateScene(kind)
    let (first, second) = try await duplicates.twice()
    let found = try #require(try await duplicates.list(of: second).first)
    _ = try await duplicates.resolve(found, .distinct)
    // Of a pair that was not found when the second came: its name was corrected afterwards.
    try await correct(first, like: second, in: duplicates)
  }

  /// A third form, which becomes a duplicate of the first only by a correction, so that a search finds something new.
  private static func correct(
    _ first: SafeMobility.Registration, like second: SafeMobility.Registration,
    in duplicates: DuplicateScene
  ) async throws {
    let other = try await duplicates.submitted(
      "Pedro Ramírez Ajanel", born: (1971, 9, 9), phone: "+50255550177")
    let id = try #require(PersonID(rawValue: other.persons.first?.uid ?? ""))
    let principal = try #require(RegistrationID(rawValue: first.uid))
    try await duplicates.world.store.write { tx in
      guard let model = try tx.persons(of: principal).first, var person = try tx.person(id) else {
        throw StoreError.notFound
      }
      let version = person.revision.version
      (person.fullName, person.birthDate) = (model.fullName, model.birthDate)
      person.revision.advance(at: tx.now)
      try tx.update(person, from: version)
    }
    #expect(try await duplicates.find(in: other).isEmpty == false)
  }

  private static func holdAndWait(_ kind: World.StoreKind) async throws {
    let visit = try await Visit(store: kind)
    let held = try await BlockSlotsTests.hold(visit.world, visit.slot, visit.registration)
    let renewed = try #require(
      try await visit.agent.renewHold(
        .with { ($0.name, $0.etag, $0.requestId) = (held.name, held.etag, requestID()) }
      ).hold)
    _ = try await visit.agent.releaseHold(
      .with { ($0.name, $0.etag, $0.requestId) = (renewed.name, renewed.etag, requestID()) })
    let offered = try await visit.offered()
    _ = try await visit.cancelled(offered, by: visit.scheduler)
    let booked = try await visit.booked()
    _ = try await visit.rescheduled(booked, to: visit.world.slot(in: .days(2)))

    // Who waits is offered the seats that somebody gives up, in that call.
    let waiting = try await WaitingCase(kind)
    let taken = try await waiting.visit.booked()
    _ = try await waiting.waiting(seed: 5, rank: .hours(1))
    _ = try await waiting.visit.cancelled(taken, by: waiting.agent)
    let entry = try await waiting.join(try await waiting.household(seed: 6))
    _ = try await waiting.agent.leaveWaitlist(
      .with { ($0.name, $0.etag, $0.requestId) = (entry.name, entry.etag, requestID()) })
  }

  private static func runProgramme(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let program = try await ProgramDeskTests.program(world)
    _ = try await ProgramDeskTests.update(world, etag: program.etag, mask: nil) {
      $0.displayName = "Piloto"
    }
    var window = try await IntakeWindowTests.create(world)
    window = try await IntakeWindowTests.open(world, window)
    window = try await IntakeWindowTests.pause(world, window)
    _ = try await IntakeWindowTests.close(world, window)
    let holder = KeyHolder(world)
    let (old, new) = (KeyHolder.Pair.ed25519("one"), KeyHolder.Pair.p256("two"))
    try await holder.register(old)
    _ = try await holder.caller.partners.rotateKey(try await holder.rotation(from: old, to: new))
  }

  private static func runOffices(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let office = try await OfficeDeskTests.create(world)
    _ = try await world.usAdmin.offices.updateOffice(
      .with {
        $0.office = .with { ($0.name, $0.confirmed) = (office.name, true) }
        $0.updateMask = .init(paths: ["confirmed"])
        ($0.etag, $0.requestId) = (office.etag, requestID())
      })
    _ = try await ServiceTests.update(world, try await ServiceTests.create(world)) {
      $0.partyMax = 3
    }
    let schedule = try await SlotTests.schedule(world)
    _ = try await SlotTests.scheduler(world).offices.updateSchedule(
      .with {
        $0.schedule = .with { ($0.name, $0.capacity) = (schedule.name, 3) }
        ($0.etag, $0.requestId) = (schedule.etag, requestID())
      })
    #expect(try await SlotTests.generate(world, schedule.name, from: 13, to: 14).created > 1)
    // With a household that has a place in one, and another that holds seats.
    let visit = try await Visit(store: kind)
    _ = try await visit.booked()
    let other = try await visit.world.household(in: .invited, seed: 9).registration
    _ = try await BlockSlotsTests.hold(visit.world, visit.slot, other)
    let blocked = try await BlockSlotsTests.block(visit.world) {
      $0.slots = [visit.slot.resourceName]
    }
    #expect(blocked.cancelledAppointments == 1 && blocked.releasedHolds == 1)
  }

  private static func moveByTwo() async throws {
    for (method, scene) in TwoPersonMove.scenes.sorted(by: { $0.key < $1.key }) {
      let described = try #require(try SchemaText().methods.first { $0.name == method })
      let move = try await scene()
      let first = try #require(described.firstPersons.sorted().first)
      let second = try #require(described.secondPersons.sorted().last)
      for partner in Set([move.partners.first, move.partners.second]) {
        try await move.world.permitEverything(to: PartnerID(checked: partner))
      }
      #expect(try await move.call(move.caller(move.partners.first, first, user: "ana")))
      #expect(try await !move.call(move.caller(move.partners.second, second, user: "luis")))
    }
  }
}
