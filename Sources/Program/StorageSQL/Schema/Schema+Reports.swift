extension Schema {
  /// What the pilot's reports are made of, and the reports that were published.
  ///
  /// A fact's row has an id of its own, names no case, and has no time but its day.
  static let reportTables = [
    """
    CREATE TABLE fact(
      uid TEXT NOT NULL PRIMARY KEY, program_id TEXT NOT NULL, day BIGINT NOT NULL,
      measure BIGINT NOT NULL, number BIGINT NOT NULL, office TEXT, pathway TEXT, partner TEXT,
      nationality TEXT, sex TEXT, age_band TEXT, language TEXT, channel TEXT, step TEXT,
      reason TEXT, outcome TEXT, department TEXT)
    """,
    "CREATE INDEX fact_of_day ON fact(program_id, day)",
    """
    CREATE TABLE report_release(
      program_id TEXT NOT NULL REFERENCES program(uid), number BIGINT NOT NULL,
      body TEXT NOT NULL, PRIMARY KEY (program_id, number))
    """,
  ]
}
