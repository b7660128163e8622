import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension PartnerDesk {
  public func registerKey(
    _ request: SafeMobility.RegisterKeyRequest, call: ServerCall
  ) async throws -> SafeMobility.RegisterKeyResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      var partner = try work.partner(withKeys: request.partner)
      try partner.etag.require(request.etag)
      let key = try work.newKey(request.key)
      try KeyProof("RegisterKey", partner.id, key, requestID: request.requestId)
        .check(request.proof, by: key, field: "proof")
      try partner.register(key)
      let stored = try work.store(partner)
      return try .with { $0.partner = try work.message(for: stored) }
    }
  }

  public func rotateKey(
    _ request: SafeMobility.RotateKeyRequest, call: ServerCall
  ) async throws -> SafeMobility.RotateKeyResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      var partner = try work.partner(withKeys: request.partner)
      try partner.etag.require(request.etag)
      guard let old = partner.key(request.oldKeyId, goodAt: work.now) else {
        throw Refusal.field("old_key_id", "is no key of the partner that is good now")
      }
      let key = try work.newKey(request.key)
      let proof = KeyProof(
        "RotateKey", partner.id, key, replacing: old, requestID: request.requestId)
      try proof.check(request.proof, by: key, field: "proof")
      if !request.oldProof.isEmpty {
        try proof.check(request.oldProof, by: old, field: "old_proof")
      } else if work.caller.role != .programAdmin {
        throw Refusal.field(
          "old_proof", "is required: who has lost the old key asks an administrator to rotate it")
      }
      try partner.rotate(old, to: key)
      let stored = try work.store(partner)
      return try .with { $0.partner = try work.message(for: stored) }
    }
  }
}

extension Writing {
  /// A partner whose keys the caller may change: an officer its own partner's, an administrator not those of a body of
  /// the other government.
  fileprivate func partner(withKeys name: String) throws -> Partner {
    let id = try PartnerID(name: name)
    guard caller.role != .partnerOfficer || caller.partner == id else {
      throw Refusal.denied(.outOfReach)
    }
    let partner = try found(try tx.partner(id))
    let governments: Set = [PartnerKind.usGovernment, .gtGovernment]
    guard !governments.contains(partner.kind) || caller.kind == partner.kind else {
      throw Refusal.denied(.otherGovernment)
    }
    return partner
  }

  /// The key that a request brings, from now on.
  fileprivate func newKey(_ message: SafeMobility.PartnerKey?) throws -> PartnerKey {
    let message = message ?? .init()
    let algorithm = try KeyAlgorithm(message.algorithm, field: "key.algorithm")
    // What it cannot be is said before anything is compared with it.
    _ = try PartnerPublicKey(algorithm, message.publicKey, field: "key.public_key")
    return PartnerKey(
      id: message.id, algorithm: algorithm, publicKey: message.publicKey, startTime: now)
  }

  /// Stores a partner as changed, and gives it as it is now.
  fileprivate mutating func store(_ changed: Partner) throws -> Partner {
    var partner = changed
    partner.revision.advance(at: now)
    try tx.update(partner, from: changed.revision.version)
    try note(.partner, partner.uid, .updated(partner.revision))
    return partner
  }

  /// The receipt of a partner for a release: checked, and demanded of one that has registered a key.
  ///
  /// The partner's record is the one that this unit has found when it confirmed who calls.
  func receipt(
    by keyID: String, _ signature: [UInt8], over digest: Digest
  ) throws(Refusal) -> ReleaseReceipt? {
    let keys = caller.record?.keys ?? []
    if keyID.isEmpty, signature.isEmpty {
      guard keys.isEmpty else {
        throw Refusal.field(
          "key_id",
          "is required of a partner that has registered keys: sign release_sha256 with one")
      }
      return nil
    }
    guard let key = caller.record?.key(keyID, goodAt: now) else {
      throw Refusal.field("key_id", "is no key of the partner that is good now")
    }
    guard try PartnerPublicKey(key).isSignature(signature, of: digest.bytes) else {
      throw Refusal.field("signature", "is no signature with that key over release_sha256")
    }
    return ReleaseReceipt(key: key, signature: signature, receiveTime: now)
  }
}
