extension Schema {
  /// What the log's proofs are made of.
  static let proofTables = [
    // The roots of full parts of the tree; see `MerkleTiles`. All of it can be made again from the leaves.
    """
    CREATE TABLE audit_tile(
      level BIGINT NOT NULL, place BIGINT NOT NULL, hash BYTEA NOT NULL, PRIMARY KEY (level, place))
    """,
    """
    CREATE TABLE audit_checkpoint(
      tree_size BIGINT NOT NULL PRIMARY KEY, root BYTEA NOT NULL, time_us BIGINT NOT NULL,
      note TEXT NOT NULL)
    """,
    // Whose key the commitments were made with, sealed for the entry.
    "ALTER TABLE audit_entry ADD COLUMN subject BYTEA",
    "CREATE INDEX audit_entry_of_case ON audit_entry(case_pseudonym) WHERE case_pseudonym IS NOT NULL",
  ]
}
