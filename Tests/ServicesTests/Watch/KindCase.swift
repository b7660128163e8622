import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Storage
import Testing

/// Somebody who watches records of one kind, and others who change them.
struct KindCase: Sendable {
  static let office = "offices/gt-xel-01"

  let kind: WatchedKind
  let visit: Visit

  init(
    _ kind: WatchedKind, _ store: World.StoreKind = .memory,
    _ change: (inout WatchLimits) -> Void = { _ in }
  ) async throws {
    var limits = WatchCase.limits
    change(&limits)
    self.kind = kind
    visit = try await Visit(store: store, watching: limits)
    _ = try await visit.world.openWindow()
  }

  var world: World { visit.world }
  /// Who watches.
  var watcher: WorldCaller { caller("SUPERVISOR") }
  func caller(_ role: String, user: String? = World.usual) -> WorldCaller {
    world.caller("iom/\(role)", user: user)
  }

  var method: MethodDescriptor {
    switch kind {
    case .registrations: SafeMobility.ApplicantServiceMethods.watchRegistrations
    case .appointments: SafeMobility.AppointmentServiceMethods.watchAppointments
    case .slots: SafeMobility.OfficeServiceMethods.watchSlots
    }
  }

  /// The token of a list made now, of everything that one page holds.
  func token(_ caller: WorldCaller? = nil, narrowed: Bool = false) async throws -> String {
    let caller = caller ?? watcher
    switch kind {
    case .registrations:
      let filter = narrowed ? "state = DRAFT" : ""
      return try await caller.applicants.listRegistrations(.with { $0.filter = filter })
        .resumeToken
    case .appointments:
      let office = narrowed ? Self.office : ""
      return try await caller.appointments.listAppointments(.with { $0.office = office })
        .resumeToken
    case .slots:
      let service = narrowed ? "\(Self.office)/services/interview" : ""
      return try await caller.offices.listSlots(
        .with {
          $0.parent = Self.office
          $0.service = service
        }
      ).resumeToken
    }
  }

  /// Opens a stream, which may be refused.
  func open(
    _ caller: WorldCaller? = nil, from token: String, heldBack: Bool = false,
    router: Router? = nil
  ) throws -> WatchedAny {
    let (router, caller) = (router ?? world.router, caller ?? watcher)
    switch kind {
    case .registrations:
      return WatchedAny(
        try WatchedCall<SafeMobility.WatchRegistrationsResponse>(
          router, caller, method,
          SafeMobility.WatchRegistrationsRequest.with { $0.resumeToken = token },
          heldBack: heldBack))
    case .appointments:
      return WatchedAny(
        try WatchedCall<SafeMobility.WatchAppointmentsResponse>(
          router, caller, method,
          SafeMobility.WatchAppointmentsRequest.with { $0.resumeToken = token },
          heldBack: heldBack))
    case .slots:
      return WatchedAny(
        try WatchedCall<SafeMobility.WatchSlotsResponse>(
          router, caller, method,
          SafeMobility.WatchSlotsRequest.with {
            $0.parent = Self.office
            $0.resumeToken = token
          }, heldBack: heldBack))
    }
  }

  /// Watches from a token, or from a list made now.
  func watch(
    _ caller: WorldCaller? = nil, from token: String? = nil, heldBack: Bool = false
  ) async throws -> WatchedAny {
    var start = token ?? ""
    if token == nil { start = try await self.token(caller) }
    let stream = try open(caller, from: start, heldBack: heldBack)
    await stream.begun()
    return stream
  }

  /// Two changes that whoever watches sees: something begins, and ends.
  func cycle() async throws {
    guard kind == .registrations else {
      let offered = try await visit.offered()
      _ = try await visit.cancelled(offered, by: visit.scheduler)
      return
    }
    let draft = try await draft()
    _ = try await caller("CONTACT_CENTRE").applicants.withdrawRegistration(
      .with {
        $0.name = draft.name
        $0.etag = draft.etag
        $0.requestId = requestID()
      })
  }

  func draft(
    _ change: (inout SafeMobility.CreateRegistrationRequest) -> Void = { _ in }
  ) async throws -> SafeMobility.Registration {
    try #require(
      try await caller("CONTACT_CENTRE").applicants.createRegistration(
        ApplicantCase.form(change)
      ).registration)
  }

  /// Sets or takes away the hold that hides a case from all but the United Nations' staff. Of this the feed
  /// tells nothing.
  func protect(_ id: RegistrationID) async throws {
    try await world.store.write { tx in
      guard var held = try tx.registration(id) else { throw StoreError.notFound }
      let version = held.revision.version
      held.holds.insert(.protection)
      held.revision.advance(at: tx.now)
      try tx.update(held, from: version)
    }
  }
}
