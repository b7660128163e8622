public import Domain

/// Why the store refused a unit of work. Nothing of the unit was kept.
///
/// Refusals of the domain's own rules (no free seats, quota reached) are `Domain.Refusal`s with the
/// reason a caller sees; a `StoreError` is about rows. Texts name tables, never what people entered.
public enum StoreError: Error, Hashable, Sendable {
  /// No such row. Whether the caller may know is the service's to decide (uniform denial).
  case notFound
  /// The row has moved on since the caller read it (ETAG_MISMATCH).
  case versionMismatch
  /// A rule that spans rows holds it back.
  case conflict(Constraint)
  /// Too many units wait already, or the store is closing: try later (OVERLOADED).
  case busy
  /// The database is away: try later. After a failed commit the unit may exist or not; the idempotency record
  /// tells.
  case unavailable(String)
  /// The database is not as it must be; the text says what to do.
  case unsuitable(String)
  /// Another server process has this database open.
  case inUse(path: String)
  /// The database was written by a newer program.
  case newerSchema(found: Int, known: Int)
  /// A schema step that was applied differs from the one this program knows by that number.
  case alteredSchema(version: Int)
  /// The database was written by an earlier build, whose records this one cannot read.
  case earlierForm(path: String, schema: Int)
  /// A change of the key was interrupted: some records are sealed with one key and some with another.
  case halfRotated(path: String)
  /// The database was sealed with another key than the one given.
  case wrongKey(path: String)
  /// The file is no database, or is damaged.
  case unreadable(path: String, reason: String)
  /// The disk is full, or does not read or write. After a failed commit the unit may exist or not;
  /// the idempotency record tells.
  case io(String)
  /// A mistake of this program: its SQL, or a row that does not read back as it was written.
  case defect(String)
}

/// The rules that span rows, by the names the schema gives them.
public enum Constraint: String, Hashable, Sendable, CaseIterable {
  /// The id is taken.
  case identifier
  /// Receipts are unique; make another.
  case receipt
  /// A registration has at most one live appointment per service (INV-3).
  case liveAppointment = "appt_live"
  /// A registration has at most one active hold.
  case activeHold = "hold_active"
  /// A registration waits at most once for a kind of service.
  case waiting = "waitlist_open"
  /// A person has at most one live referral per pathway and destination (INV-5).
  case liveReferral = "ref_live"
  /// A person has at most one live referral per exclusive group (INV-5).
  case exclusiveGroup = "ref_group"
  /// A person is in at most one live registration per program (INV-8).
  case liveMember = "member_live"
  /// Two persons are opened as a possible duplicate once.
  case duplicatePair = "duplicate_pair"
  /// At most one pending approval per method and resource.
  case pendingApproval = "approval_open"
  /// A signing key is registered once, of whichever partner.
  case partnerKey = "partner_key_pkey"
  /// The request id was recorded already: another call with it committed first.
  case requestID = "request_id"
  /// What the row refers to does not exist, or something still refers to it.
  case reference
  /// A stored value outside its range, such as more admitted than the quota (INV-11).
  case range
  /// The table takes insertions only (INV-10).
  case appendOnly
}

extension StoreError: CustomStringConvertible {
  /// What happened and what to do about it, for the person who runs the server.
  public var description: String {
    switch self {
    case .notFound: "not found"
    case .versionMismatch: "changed by someone else meanwhile; read it again"
    case .conflict(let constraint): "refused by \(constraint.rawValue)"
    case .busy: "too many writes are waiting; try again later"
    case .unavailable(let reason):
      "the database cannot be reached (\(reason)); check that it runs, and the way to it"
    case .unsuitable(let reason): reason
    case .inUse(let path):
      "\(path) is in use by another pasarela-server; stop that one, or give this one its own file"
    case .newerSchema(let found, let known):
      """
      the database has schema \(found), this program knows up to \(known); \
      start a pasarela-server at least as new as the one that wrote it, or restore an older backup
      """
    case .alteredSchema(let version):
      """
      schema step \(version) of the database is not the one this program has; \
      it was written by a build that was never released: start that build, or restore a backup
      """
    case .earlierForm(let path, let schema):
      """
      \(path) was written by an earlier build (schema \(schema), records in form 1, whose key cannot be changed), and \
      this one reads form 2 alone: serve it with the build that wrote it, or begin a new store; nothing was changed in it
      """
    case .halfRotated(let path):
      """
      \(path) is half way from one key to another: run `pasarela-server store rotate-key` once more with both keys; \
      it goes on where it was stopped, and until then nobody serves the store
      """
    case .wrongKey(let path):
      "\(path) was made with another key: give the key file that was made together with it"
    case .unreadable(let path, let reason):
      """
      \(path) is not an intact database (\(reason)); \
      check the path, or move the file and its -wal aside and restore the last backup
      """
    case .io(let reason):
      "the disk refuses (\(reason)); check free space, permissions and the device"
    case .defect(let reason): "defect: \(reason)"
    }
  }
}

extension StoreError {
  /// The published reason a caller gets, where there is one; `nil` for what is ours to mend, and for
  /// `notFound`, whose answer depends on who asks.
  public var refusal: Refusal? {
    switch self {
    case .versionMismatch: Refusal(.etagMismatch)
    case .busy: Refusal(.overloaded)
    case .conflict(let constraint): constraint.refusal
    case .notFound, .unavailable, .unsuitable, .inUse, .newerSchema, .alteredSchema,
      .earlierForm, .halfRotated, .wrongKey, .unreadable, .io, .defect:
      nil
    }
  }
}

extension Constraint {
  /// The published reason a caller gets when this rule holds a change back.
  public var refusal: Refusal? {
    switch self {
    case .liveAppointment: Refusal(.appointmentLiveExists)
    case .activeHold: Refusal(.holdLimit)
    case .waiting: Refusal.illegal("JoinWaitlist", in: "waiting already")
    case .liveReferral, .exclusiveGroup: Refusal(.referralLiveExists)
    case .liveMember: Refusal(.alreadyRegistered)
    case .requestID: Refusal(.requestInFlight)
    case .partnerKey:
      Refusal.field("key.public_key", "was registered before: make a new pair")
    case .duplicatePair, .pendingApproval, .identifier, .receipt, .reference, .range, .appendOnly:
      nil
    }
  }
}
