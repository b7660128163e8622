extension SQLDialect {
  /// PostgreSQL: a trigger for changed rows and one for TRUNCATE.
  static let postgres = SQLDialect(
    needsRowLocks: true, sequencesLater: true, isFar: true,
    appendOnly: { table in
      [
        """
        CREATE TRIGGER \(table)_no_change BEFORE UPDATE OR DELETE ON \(table)
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """,
        """
        CREATE TRIGGER \(table)_no_truncate BEFORE TRUNCATE ON \(table)
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """,
      ]
    },
    reopened: { table in
      (
        "ALTER TABLE \(table) DISABLE TRIGGER \(table)_no_change",
        "ALTER TABLE \(table) ENABLE TRIGGER \(table)_no_change"
      )
    },
    scrubbing: { tables in tables.map { "VACUUM FULL \($0)" } },
    isUnused: { (connection) throws(SQLFailure) in try FeedKeeper.tryLock(connection) },
    numbered: { table in
      ["ALTER TABLE \(table) ADD COLUMN place BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE"]
    },
    turnstile: SQLStatement("SELECT pg_advisory_xact_lock($1)"),
    functions: [
      """
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% takes insertions only', TG_TABLE_NAME
          USING ERRCODE = '\(SQLFailure.appendOnlyState)';
      END $$
      """,
      """
      CREATE OR REPLACE FUNCTION demand_rows(changed BIGINT, wanted BIGINT) RETURNS BIGINT
      LANGUAGE plpgsql AS $$
      BEGIN
        IF changed <> wanted THEN
          RAISE EXCEPTION 'changed %, wanted %', changed, wanted USING ERRCODE = '\(SQLFailure.demandState)';
        END IF;
        RETURN changed;
      END $$
      """,
    ])
}
