import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What becomes of an invited household's visit when it turns out to be registered already.
@Suite("Duplicates and visits")
struct DuplicateVisitTests {
  let scene: DuplicateScene
  private let slot: Slot
  private let appointments: SafeMobility.AppointmentServiceClient

  init() async throws {
    scene = try await DuplicateScene()
    slot = try await scene.world.slot(in: .days(2), seats: 1)
    appointments = scene.world.caller("iom/CONTACT_CENTRE").appointments
  }

  private func addDocument(_ number: String, to registration: SafeMobility.Registration)
    async throws
  {
    _ = try await scene.dossier.document(of: registration) { $0.number = number }
  }

  /// Marta, and a later household that is invited and offered the only seat.
  private func offered() async throws -> (SafeMobility.Registration, SafeMobility.Appointment) {
    let first = try await scene.submitted()
    try await addDocument("1234567890101", to: first)
    let second = try await scene.submitted(
      "Elvira Cuz Ical", born: (1971, 9, 2), phone: "+50255550177")
    try await scene.screen(second)
    let screened = try await scene.dossier.read(second)
    _ = try await scene.dossier.screener.inviteRegistration(
      .with {
        ($0.name, $0.etag, $0.requestId) = (screened.name, screened.etag, requestID())
        $0.serviceKind = .interview
      })
    let offer = try await scene.world.caller("iom/SCHEDULER").appointments.offerAppointment(
      .with {
        ($0.slot, $0.registration, $0.requestId) = (slot.resourceName, second.name, requestID())
        $0.attendees = [second.principal]
      })
    return (second, try #require(offer.appointment))
  }

  private func confirm(_ offer: SafeMobility.Appointment) async throws -> SafeMobility.Appointment?
  {
    try await appointments.confirmAppointment(
      .with { ($0.name, $0.etag, $0.requestId) = (offer.name, offer.etag, requestID()) }
    ).appointment
  }

  @Test("who is held does not confirm an offer, and does once found to be somebody else")
  func held() async throws {
    let (second, offer) = try await offered()
    try await addDocument("1234567890101", to: second)
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) { _ = try await confirm(offer) }
    for candidate in try await scene.list(of: second) {
      try await scene.resolve(candidate, .distinct)
    }
    #expect(try await confirm(offer)?.state == .confirmed)
  }

  @Test("who is confirmed to be registered already gives the seat up to those who wait")
  func confirmed() async throws {
    let (second, offer) = try await offered()
    #expect(try await confirm(offer)?.state == .confirmed)
    try await addDocument("1234567890101", to: second)
    for candidate in try await scene.list(of: second) {
      try await scene.resolve(candidate, .confirmed)
    }
    let ended = try await appointments.getAppointment(.with { $0.name = offer.name }).appointment
    #expect(ended?.state == .cancelled)
    #expect(ended?.cancellation?.party == .office)
    let (world, id) = (scene.world, slot.id)
    #expect(try await world.store.read { try $0.freeSeatCount(of: id, among: .all) } == 1)
    #expect(try await world.store.integrityProblems() == [])
  }
}
