import AuditProof
import Crypto
public import Domain
public import Storage

/// The keys of one deployment that are kept outside its database: who has only the database can
/// neither read document numbers in it nor try them out against its indexes, digests and commitments.
///
/// All are derived from one (HKDF, RFC 5869), so that there is one thing to keep. Each use has its
/// own: what is shown for one, such as who has asked for an approval, says nothing for another.
public struct Secrets: Sendable {
  /// How many bytes the key has from which the others are derived.
  public static let keyLength = 32

  /// Seals what the store keeps sealed.
  public let vault: Vault
  /// Seals page tokens.
  let pageSeal: Seal
  /// Stands in for a case's key in the log where the case is not known.
  let logKey: [UInt8]
  /// Signs the log's checkpoints.
  let checkpointSigner: NoteSigner
  /// Signs the access policy.
  let policyKey: SigningKey
  /// Makes other ids of events, for those who are not to find them.
  let aliasKey: [UInt8]
  private let resumeKey: [UInt8]
  private let requestKey: [UInt8]
  private let approvalKey: [UInt8]
  private let numberKey: [UInt8]
  private let matchKey: [UInt8]
  private let presenceKey: [UInt8]

  /// A new key for a new database, from the system's source of randomness.
  public static func makeKey() -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return (0..<keyLength).map { _ in .random(in: 0...255, using: &random) }
  }

  /// - Parameter key: 32 random bytes, the same for the life of the database
  /// - Returns: nil for a key of another length
  public init?(key: [UInt8]) {
    guard key.count == Self.keyLength else { return nil }
    func derived(_ use: String) -> [UInt8] {
      let derived = HKDF<SHA256>.deriveKey(
        inputKeyMaterial: SymmetricKey(data: key), info: Array("pasarela \(use) v1".utf8),
        outputByteCount: Self.keyLength)
      // SAFETY: the bytes are copied while they are lent.
      return unsafe derived.withUnsafeBytes { unsafe Array($0) }
    }
    let storeSeal = Seal(key: SymmetricKey(data: derived("store")))
    vault = Vault(
      seal: { storeSeal.seal($0, for: Hash.sha256($1)) },
      open: { storeSeal.open($0, for: Hash.sha256($1)) },
      index: { [key = derived("store index")] bytes, kind in
        Hash.commitment(to: Hash.sha256(Array("\(kind)\u{0}".utf8) + bytes), key: key)
      })
    pageSeal = Seal(key: SymmetricKey(data: derived("page token")))
    guard let signer = NoteSigner(name: AuditTrail.origin, seed: derived("checkpoint")) else {
      return nil
    }
    checkpointSigner = signer
    guard let policyKey = SigningKey(seed: derived("policy")) else { return nil }
    self.policyKey = policyKey
    resumeKey = derived("resume token")
    aliasKey = derived("event alias")
    logKey = derived("log")
    requestKey = derived("request")
    approvalKey = derived("approval")
    numberKey = derived("document number")
    matchKey = derived("match key")
    presenceKey = derived("presence")
  }

  /// The key with which anybody checks the log's checkpoints, as a C2SP signed-note verifier key; nothing secret.
  public var checkpointKey: String { checkpointSigner.key.text }

  /// Seals the resume tokens of one subscription, with a key of its own: every message of a stream has a
  /// token, and one key for all of them would some day have sealed too many (see ``Seal``).
  func resumeSeal(for subscription: Digest) -> Seal {
    Seal(
      key: SymmetricKey(data: Hash.commitment(to: subscription, key: resumeKey).bytes))
  }

  /// The blind index of a document's number.
  package func index(of number: DocumentNumber) -> Digest {
    let text = ["\(number.kind.rawValue)", number.issuer.rawValue, number.number]
      .joined(separator: "\u{0}")
    return Hash.commitment(to: Hash.sha256(text), key: numberKey)
  }

  /// What makes a request the same again. Keyed, because requests hold little that is not known from
  /// elsewhere, and a plain digest of the rest could be tried out.
  func fingerprint(of request: Digest) -> Digest {
    Hash.commitment(to: request, key: requestKey)
  }

  /// What stands for the first person of a move in the answer to it.
  func pseudonym(of actor: Actor) -> Digest {
    Hash.commitment(to: actor.digest, key: approvalKey)
  }

  /// The key under which offices ask a programme whether somebody may be known.
  public func presenceKey(of program: ProgramID) -> PresenceKey {
    PresenceKey(
      bytes: Hash.commitment(to: Hash.sha256(program.rawValue), key: presenceKey).bytes)
  }

  /// The blind index of what an office asks by: who has only the database can try out no name, not even
  /// with the programme's key.
  func index(ofPresence digest: Digest) -> Digest { Hash.commitment(to: digest, key: matchKey) }

  /// The blind indexes under which others find a person in a programme.
  package func matchIndexes(of person: Person, in program: ProgramID) -> [Domain.Digest] {
    Array(Set(indexes(of: MatchKeys(person).stored, in: program)))
  }

  /// Those by which a person is looked for, the ones that few others have apart from the rest.
  package func searchedIndexes(
    of person: Person, in program: ProgramID
  ) -> (narrow: [Domain.Digest], wide: [Domain.Digest], phone: [Domain.Digest]) {
    let keys = MatchKeys.searched(person)
    return (
      indexes(of: keys.narrow, in: program), indexes(of: keys.wide, in: program),
      indexes(of: keys.phone, in: program)
    )
  }

  private func indexes(of keys: [String], in program: ProgramID) -> [Digest] {
    let key = presenceKey(of: program)
    return keys.map { index(ofPresence: key.digest(of: $0)) }
  }
}
