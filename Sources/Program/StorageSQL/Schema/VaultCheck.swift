import Storage

/// Ties a database to the key its records are sealed with.
///
/// With another key, what is sealed would not open, and worse: what is sealed from then on would open
/// with no key that the rest opens with, and one document would be two.
enum VaultCheck {
  private static let place = "vault-check"

  /// Marks a new database with the key, or finds the mark of an older one.
  ///
  /// - Throws: `StoreError.wrongKey` when it was made with another key
  static func pass(_ connection: any SQLConnection, _ vault: Vault, path: String) throws {
    let sealed = try connection.first(.vaultCheck, [.text(place)]) { (row) throws(SQLFailure) in
      try row.bytes()
    }
    guard let sealed else {
      try connection.run(
        .insertVaultCheck, [.text(place), .bytes(vault.seal(Array(place.utf8), place))])
      return
    }
    guard vault.open(sealed, place) == Array(place.utf8) else {
      throw StoreError.wrongKey(path: path)
    }
  }
}

extension SQLStatement {
  fileprivate static let vaultCheck = SQLStatement(
    "SELECT sealed FROM vault_check WHERE uid = $1")
  fileprivate static let insertVaultCheck = SQLStatement(
    "INSERT INTO vault_check(uid, sealed) VALUES ($1, $2)")
}
