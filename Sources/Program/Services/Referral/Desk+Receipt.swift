import AuditProof
import Domain
import RPCCore
import SafeMobilityAPI

extension Desk {
  /// Says, signed, that a call has handed a referral's release over, and where the log has it.
  ///
  /// - Parameter referral: as it was answered after the move; nil when nothing was moved
  func sign(_ referral: SafeMobility.Referral?, _ call: ServerCall) throws {
    guard let bytes = referral?.release?.releaseSha256, let release = Digest(bytes),
      let trail = call[AuditTrail.Key.self],
      let entry = call.trailingMetadata[AuditReceipt.metadata]
    else { return }
    let receipt = CallReceipt(
      method: trail.method, request: trail.requestDigest, release: release, entry: entry)
    try call.trailingMetadata.set(
      CallReceipt.metadata, receipt.trailer(by: secrets.checkpointSigner))
  }
}
