import AuditProof
import Crypto
import Domain
public import Storage

/// The key of a deployment, kept outside its database: 32 random bytes.
public struct DeploymentKey: Sendable, Equatable {
  /// How many bytes it has.
  public static let length = 32

  private let bytes: [UInt8]

  /// A new key, from the system's source of randomness.
  public static func make() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<length).map { _ in .random(in: 0...255, using: &random) }
  }

  /// - Returns: nil for bytes of another length
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// What the store seals and finds by.
  public var vault: Vault {
    let seal = Seal(key: SymmetricKey(data: derived("store")))
    let key = derived("store index")
    return Vault(
      seal: { seal.seal($0, for: Hash.sha256($1)) },
      open: { seal.open($0, for: Hash.sha256($1)) },
      index: { bytes, kind in
        Hash.commitment(to: Hash.sha256(Array("\(kind)\u{0}".utf8) + bytes), key: key)
      })
  }

  /// The key of one use.
  func derived(_ use: String) -> [UInt8] {
    let derived = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: bytes), info: Array("pasarela \(use) v1".utf8),
      outputByteCount: Self.length)
    // SAFETY: the bytes are copied while they are lent.
    return unsafe derived.withUnsafeBytes { unsafe Array($0) }
  }
}
