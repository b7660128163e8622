import Domain
import RPCCore
import Storage

extension Caller {
  /// The partner's record, if it still lets this caller in: what the door has asked is asked again for
  /// as long as a stream goes on.
  ///
  /// - Throws: UNAUTHENTICATED when the certificate is no longer on the record, PURPOSE_NOT_ALLOWED
  ///   when the purpose was closed to the partner
  func standing(in reader: any StoreReader) throws -> Partner {
    guard let identity, let partner = try reader.partner(identity: identity) else {
      throw RPCError(.unauthenticated, "the caller's certificate is on no partner's record now")
    }
    guard let purpose, partner.purposes.contains(purpose) else {
      throw Refusal(.purposeNotAllowed)
    }
    return partner
  }
}
