/// A public key of a partner.
public struct PartnerKey: Hashable, Sendable, Codable {
  /// The partner's name for it.
  public var id: String
  /// The signature algorithm.
  public var algorithm: KeyAlgorithm
  /// The public key, SubjectPublicKeyInfo in DER.
  public var publicKey: [UInt8]
  /// The first instant it is good.
  public var startTime: Instant
  /// The first instant it no longer is.
  public var endTime: Instant?

  /// Every field as given; nothing is checked here.
  public init(
    id: String, algorithm: KeyAlgorithm, publicKey: [UInt8], startTime: Instant,
    endTime: Instant? = nil
  ) {
    self.id = id
    self.algorithm = algorithm
    self.publicKey = publicKey
    self.startTime = startTime
    self.endTime = endTime
  }
}

/// The signature algorithms of partners.
public enum KeyAlgorithm: Int, CaseIterable, Codable, Sendable {
  case ed25519 = 1
  case ecdsaP256 = 2
}

extension PartnerKey {
  /// Whether it is good at an instant.
  public func isGood(at now: Instant) -> Bool {
    startTime <= now && endTime.map { now < $0 } ?? true
  }
}

extension Partner {
  /// The most keys that a partner can have. Only good ones keep another from being registered: a key that has ended
  /// makes room, because a receipt has the key it was signed with in it.
  public static let keyCountMax = 20

  /// The key of that id, if it is good at an instant.
  public func key(_ id: String, goodAt now: Instant) -> PartnerKey? {
    keys.first { $0.id == id && $0.isGood(at: now) }
  }

  /// Adds a key that begins now.
  public mutating func register(_ key: PartnerKey) throws(Refusal) {
    let ended = keys.filter { !$0.isGood(at: key.startTime) }
      .min { ($0.endTime ?? key.startTime) < ($1.endTime ?? key.startTime) }
    guard keys.count < Self.keyCountMax || ended != nil else {
      throw Refusal.field("key", "the partner has \(Self.keyCountMax) keys, the most there can be")
    }
    guard !keys.contains(where: { $0.id == key.id }) else {
      throw Refusal.field("key.id", "is another key's: ids are never given again")
    }
    if keys.count >= Self.keyCountMax { keys.removeAll { $0.id == ended?.id } }
    keys.append(key)
  }

  /// Puts a key that begins now in the place of another, which ends now.
  public mutating func rotate(_ old: PartnerKey, to key: PartnerKey) throws(Refusal) {
    // Before, so that it is possible of as many keys as there can be.
    for index in keys.indices where keys[index].id == old.id {
      keys[index].endTime = key.startTime
    }
    try register(key)
  }
}
