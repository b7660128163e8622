public import Domain

/// What a change of the key needs to know: the old vault, the new one, and the blind indexes that the services make
/// under the new key.
public struct VaultChange: Sendable {
  /// Opens what is sealed so far.
  public var old: Vault
  /// Seals it anew.
  public var new: Vault
  /// The index of a document's number; nil of one that has none.
  public var numberIndex: @Sendable (IdentityDocument) -> Digest?
  /// The indexes under which others find a person in a programme, by what their documents say too.
  public var matchIndexes: @Sendable (Person, [IdentityDocument], ProgramID) -> [Digest]

  /// Every part as given.
  public init(
    old: Vault, new: Vault, numberIndex: @escaping @Sendable (IdentityDocument) -> Digest?,
    matchIndexes: @escaping @Sendable (Person, [IdentityDocument], ProgramID) -> [Digest]
  ) {
    self.old = old
    self.new = new
    self.numberIndex = numberIndex
    self.matchIndexes = matchIndexes
  }
}
