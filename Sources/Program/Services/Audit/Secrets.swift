import AuditProof
import Crypto
public import Domain
public import Storage

/// The keys of one deployment: who has only its database can neither read document numbers in it nor try them out
/// against its indexes, digests and commitments.
///
/// They are derived (HKDF, RFC 5869) from two. The deployment's own, which is kept outside the database, seals and
/// indexes what is in it, and can be changed. The lasting one is in the database, sealed under the first, and never
/// changes: others hold something by the keys that come from it. Each use has a key of its own: what is shown for one,
/// such as who has asked for an approval, says nothing for another.
public struct Secrets: Sendable {
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

  /// A new key for one thing, such as a case, from the system's source of randomness.
  public static func makeKey() -> [UInt8] { DeploymentKey.make() }

  /// - Parameters:
  ///   - key: the deployment's
  ///   - lasting: what the store of that key has as its lasting key
  /// - Returns: nil for a lasting key of another length
  public init?(key: DeploymentKey, lasting: [UInt8]) {
    guard let lasting = DeploymentKey(lasting),
      let signer = NoteSigner(name: AuditTrail.origin, seed: lasting.derived("checkpoint")),
      let policyKey = SigningKey(seed: lasting.derived("policy"))
    else { return nil }
    vault = key.vault
    pageSeal = Seal(key: SymmetricKey(data: key.derived("page token")))
    resumeKey = key.derived("resume token")
    numberKey = key.derived("document number")
    matchKey = key.derived("match key")
    checkpointSigner = signer
    self.policyKey = policyKey
    logKey = lasting.derived("log")
    requestKey = lasting.derived("request")
    approvalKey = lasting.derived("approval")
    presenceKey = lasting.derived("presence")
    aliasKey = lasting.derived("event alias")
  }

  /// Those of a deployment without a database, whose lasting key is derived too.
  ///
  /// - Returns: nil for a key of another length
  public init?(key: [UInt8]) {
    guard let key = DeploymentKey(key) else { return nil }
    self.init(key: key, lasting: key.derived("lasting"))
  }

  /// What a change of the deployment's key to this one's needs.
  public func change(from old: Vault) -> VaultChange {
    VaultChange(
      old: old, new: vault, numberIndex: { $0.typedNumber.map { index(of: $0) } },
      matchIndexes: { matchIndexes(of: $0, $1, in: $2) })
  }

  /// The key with which anybody checks the log's checkpoints, as a C2SP signed-note verifier key; nothing secret.
  public var checkpointKey: String { checkpointSigner.key.text }

  /// The key with which anybody checks the signature of an access policy: an Ed25519 public key, 32 bytes in
  /// hexadecimal, as answers name it; nothing secret.
  public var policyKeyID: String { policyKey.id }

  /// Seals the resume tokens of one subscription, with a key of its own: every message of a stream has a
  /// token, and one key for all of them would some day have sealed too many (see ``Seal``).
  func resumeSeal(for subscription: Digest) -> Seal {
    Seal(
      key: SymmetricKey(data: Hash.commitment(to: subscription, key: resumeKey).bytes))
  }

  /// The blind index of a document's number.
  package func index(of number: DocumentNumber) -> Domain.Digest {
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
  /// What is left of their name and, besides the numbers that documents are stored under, what the zones of these say.
  package func matchIndexes(
    of person: Person, _ documents: [IdentityDocument], in program: ProgramID
  ) -> [Domain.Digest] {
    let zones = documents.compactMap(\.zoneNumber).map { index(of: $0) }
    return Array(Set(indexes(of: MatchKeys(person).stored, in: program) + zones))
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
