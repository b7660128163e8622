import AuditProof
public import Domain

/// A programme's key for CheckPresence: shared with the offices that ask, so that no name or date leaves
/// them. It opens nothing; who has it can try out names, which is why the question is limited in rate.
public struct PresenceKey: Sendable {
  /// What digests are made by; it changes with the skeletons, and every stored key with it.
  public static let algorithmVersion = "\(NameSkeleton.version)"

  /// 32 bytes.
  public let bytes: [UInt8]

  /// The digests to ask by for somebody of this name and birth date; nil where too little is known.
  public func digests(of person: Person) -> [Domain.Digest]? {
    MatchKeys.presence(person)?.map { digest(of: $0) }
  }

  /// HMAC-SHA256 of a composite key.
  func digest(of key: String) -> Domain.Digest { Hash.code(of: Array(key.utf8), key: bytes) }
}
