extension SQLDialect {
  /// PostgreSQL: one function for all tables, a trigger for changed rows and one for TRUNCATE.
  static let postgres = SQLDialect(
    needsRowLocks: true, sequencesLater: true,
    appendOnly: { table in
      [
        """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% takes insertions only', TG_TABLE_NAME
            USING ERRCODE = '\(SQLFailure.appendOnlyState)';
        END $$
        """,
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
    numbered: { table in
      ["ALTER TABLE \(table) ADD COLUMN place BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE"]
    },
    turnstile: SQLStatement("SELECT pg_advisory_xact_lock($1)"))
}
