import Domain
import Storage

extension Writing {
  /// Does to something else what the call means to it, with an entry of its own in the log, under the same call's name:
  /// the call's entry is about what it names, and of whoever asks who has touched a case or a referral this must be
  /// found.
  ///
  /// - Parameter referral: the referral that is touched, or by which the case is
  func withOwnEntry(
    about registration: RegistrationID, by referral: ReferralID? = nil,
    _ body: (inout Writing) throws -> Void
  ) throws {
    var work = self
    work.trail = trail.besides
    try work.concern(registration, by: referral)
    try body(&work)
    _ = try tx.append(work.trail, response: nil)
  }
}
