import AuditProof
import Crypto
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

/// A partner with private keys of its own, which registers them.
struct KeyHolder {
  /// A private key, and its public half as the contract has it.
  struct Pair {
    var key: SafeMobility.PartnerKey
    var sign: @Sendable ([UInt8]) throws -> [UInt8]

    static func ed25519(_ id: String) -> Pair {
      let secret = Curve25519.Signing.PrivateKey()
      return Pair(
        key: .with {
          ($0.id, $0.algorithm) = (id, .ed25519)
          $0.publicKey = KeyHolder.ed25519Head + secret.publicKey.rawRepresentation
        }, sign: { Array(try secret.signature(for: $0)) })
    }

    static func p256(_ id: String) -> Pair {
      let secret = P256.Signing.PrivateKey()
      return Pair(
        key: .with {
          ($0.id, $0.algorithm) = (id, .ecdsaP256)
          $0.publicKey = Array(secret.publicKey.derRepresentation)
        }, sign: { Array(try secret.signature(for: $0).derRepresentation) })
    }
  }

  static let ed25519Head: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  let world: World
  var caller: WorldCaller
  var partner = "partners/us-rsc"

  init(_ world: World, _ identity: String = "us-rsc/PARTNER_OFFICER", of partner: String? = nil) {
    self.world = world
    caller = world.caller(identity)
    self.partner = partner ?? "partners/\(identity.prefix { $0 != "/" })"
  }

  /// The partner as it sees itself.
  func record() async throws -> SafeMobility.Partner {
    try #require(
      try await caller.partners.getPartner(.with { $0.name = partner }).partner)
  }

  /// The text that the contract says is signed, written here once more.
  static func text(
    _ method: String, _ partner: String, _ key: SafeMobility.PartnerKey,
    replacing old: String? = nil,
    _ requestID: String
  ) -> [UInt8] {
    let digest = SHA256.hash(data: key.publicKey).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
    return Array(
      ("pasarela-partner-key-v1\n\(method)\n\(partner)\n\(key.id)\n\(digest)\n"
        + (old.map { "\($0)\n" } ?? "") + "\(requestID)\n").utf8)
  }

  /// A request that is right in everything, for a test to spoil.
  func registration(
    of pair: Pair, etag: String? = nil, id: String = requestID()
  ) async throws -> SafeMobility.RegisterKeyRequest {
    let etag = if let etag { etag } else { try await record().etag }
    return try .with {
      ($0.partner, $0.key, $0.etag, $0.requestId) = (partner, pair.key, etag, id)
      $0.proof = try pair.sign(Self.text("RegisterKey", partner, pair.key, id))
    }
  }

  @discardableResult
  func register(_ pair: Pair) async throws -> SafeMobility.Partner {
    try #require(
      try await caller.partners.registerKey(try await registration(of: pair)).partner)
  }

  func rotation(
    from old: Pair, to new: Pair, id: String = requestID()
  ) async throws -> SafeMobility.RotateKeyRequest {
    let etag = try await record().etag
    let text = Self.text("RotateKey", partner, new.key, replacing: old.key.id, id)
    return try .with {
      ($0.partner, $0.oldKeyId, $0.key) = (partner, old.key.id, new.key)
      ($0.etag, $0.requestId) = (etag, id)
      ($0.proof, $0.oldProof) = (try new.sign(text), try old.sign(text))
    }
  }
}
