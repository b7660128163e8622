import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  public func setProtectionHold(
    _ request: SafeMobility.SetProtectionHoldRequest, call: ServerCall
  ) async throws -> SafeMobility.SetProtectionHoldResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let registration = try work.registration(RegistrationID(name: request.name))
      // Before the etag, so that nobody else learns by it whether somebody has been at work on the case.
      guard work.caller.kind == .un else { throw Refusal.denied(.notUnitedNations) }
      try registration.requireEtag(request.etag)
      var machine = RegistrationMachine(registration, limits: work.limits)
      let change = try machine.setProtection(request.hold ?? false, at: work.now)
      try work.carryOut(change)
      return try .with { $0.registration = try work.message(for: change.entity, view: .full) }
    }
  }
}

extension Writing {
  /// Tells the referrals of a registration that nothing has ended yet that others see them than before.
  ///
  /// - Parameter isShown: whether those see them again who could before a protection hold
  mutating func showReferrals(of registration: RegistrationID, isShown: Bool) throws {
    for referral in try openReferrals(of: registration) {
      var machine = ReferralMachine(referral, limits: limits)
      // The server's event: whoever hid the case has not touched its referrals.
      try store(try isShown ? machine.reveal(at: now) : machine.conceal(at: now), by: .system)
    }
  }
}
