extension Schema {
  /// Registrations, the people in them, their documents and consents.
  ///
  /// `live` is 1 while the registration is, and `members_apart` counts its members under review, so
  /// that a person can be added without reading the body. `case_key` and `person_key` are k_case and
  /// k_person, sealed: overwriting them with NULL erases the person in the log too (domain § 12).
  static let peopleTables = [
    """
    CREATE TABLE registration(
      uid TEXT NOT NULL PRIMARY KEY, program_id TEXT NOT NULL REFERENCES program(uid),
      window_id TEXT REFERENCES intake_window(uid), receipt TEXT NOT NULL,
      state BIGINT NOT NULL, live BIGINT NOT NULL, members_apart BIGINT NOT NULL,
      list_us BIGINT NOT NULL, case_key BYTEA, version BIGINT NOT NULL, body TEXT NOT NULL,
      owner_partner TEXT, owner_user TEXT, protected BIGINT NOT NULL, idle_us BIGINT)
    """,
    "CREATE UNIQUE INDEX registration_receipt ON registration(receipt)",
    "CREATE INDEX registration_queue ON registration(program_id, state, list_us, uid)",
    "CREATE INDEX registration_of_program ON registration(program_id, list_us, uid)",
    "CREATE INDEX registration_list ON registration(list_us, uid)",
    """
    CREATE INDEX registration_owner ON registration(owner_partner, owner_user, list_us, uid)
      WHERE owner_partner IS NOT NULL
    """,
    // `idle_us`, like `expires_us` and `due_us`, is NULL where no timer waits: the index holds only
    // what can become due.
    "CREATE INDEX registration_idle ON registration(idle_us, uid) WHERE idle_us IS NOT NULL",
    """
    CREATE TABLE person(
      uid TEXT NOT NULL PRIMARY KEY, registration_id TEXT NOT NULL REFERENCES registration(uid),
      cluster_id TEXT NOT NULL, person_key BYTEA, version BIGINT NOT NULL, body TEXT NOT NULL)
    """,
    "CREATE INDEX person_of_registration ON person(registration_id, uid)",
    // One row per person; `live` while the registration is, from submission to its end.
    """
    CREATE TABLE member(
      person_id TEXT NOT NULL PRIMARY KEY REFERENCES person(uid),
      registration_id TEXT NOT NULL REFERENCES registration(uid), program_id TEXT NOT NULL,
      cluster_id TEXT NOT NULL, live BIGINT NOT NULL, under_review BIGINT NOT NULL)
    """,
    "CREATE INDEX member_of_registration ON member(registration_id)",
    """
    CREATE UNIQUE INDEX member_live ON member(program_id, cluster_id)
      WHERE live = 1 AND under_review = 0
    """,  // INV-8
    """
    CREATE TABLE document(
      uid TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES person(uid),
      number_index BYTEA, version BIGINT NOT NULL, body TEXT NOT NULL)
    """,
    "CREATE INDEX document_of_person ON document(person_id, uid)",
    """
    CREATE INDEX document_number ON document(number_index, uid) WHERE number_index IS NOT NULL
    """,
    """
    CREATE TABLE consent(
      uid TEXT NOT NULL PRIMARY KEY, registration_id TEXT NOT NULL REFERENCES registration(uid),
      person_id TEXT NOT NULL REFERENCES person(uid), recipient TEXT NOT NULL,
      purpose BIGINT NOT NULL, create_us BIGINT NOT NULL, version BIGINT NOT NULL,
      body TEXT NOT NULL, expires_us BIGINT)
    """,
    "CREATE INDEX consent_expiry ON consent(expires_us, uid) WHERE expires_us IS NOT NULL",
    "CREATE INDEX consent_of_registration ON consent(registration_id, create_us, uid)",
    "CREATE INDEX consent_for ON consent(person_id, recipient, purpose, create_us, uid)",
  ]
}
