import AuditProof
import Domain

/// How far the pseudonyms of a case reach: within it entries can be seen to be of one case and of one
/// user, and not beyond.
///
/// Who reads the log may know, from calls of its own or from the times of a referral, whose some entries
/// are. One pseudonym for all of a case would tell it of the rest: that who was referred for work is to
/// be resettled besides.
enum PseudonymScope: Sendable {
  /// What is done with a referral, on both of its sides.
  case referral(ReferralID)
  /// What else a partner does with a case.
  case partner(PartnerID)
  /// One denied call. Under any wider scope its pseudonyms would be those of calls that were answered: they would
  /// tell what is hidden from what is absent, and lead to whoever does reach it.
  case denial(AuditEntryID)

  /// The key of the scope's pseudonyms.
  ///
  /// - Parameter key: k_case, so that erasure destroys this one, too
  func key(from key: [UInt8]) -> [UInt8] {
    let name =
      switch self {
      case .referral(let id): "referral \(id)"
      case .partner(let id): "partner \(id)"
      case .denial(let id): "denial \(id)"
      }
    return Hash.commitment(to: Hash.sha256(name), key: key).bytes
  }

  /// The pseudonym of a case.
  func pseudonym(of registration: RegistrationID, from key: [UInt8]) -> Digest {
    Hash.commitment(to: Hash.sha256(registration.rawValue), key: self.key(from: key))
  }
}
