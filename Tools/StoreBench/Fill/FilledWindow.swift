import Domain
import Storage

/// The window by which everybody of a plan has come in, with what its calls have left in the store.
struct FilledWindow: Sendable {
  let plan: FillPlan
  /// As it takes registrations.
  let open: IntakeWindow

  /// The version it was opened with; the one before is its first.
  private static let openVersion: Int64 = 2

  init(_ plan: FillPlan, of program: Program) {
    self.plan = plan
    open = plan.window(of: program)
  }

  /// As it is once everybody is in.
  private var full: IntakeWindow {
    var full = open
    (full.admitted, full.state) = (plan.count, .quotaReached)
    full.revision = Revision(
      version: version(Self.openVersion + Int64(plan.count)), createTime: FillPlan.begin,
      updateTime: plan.submission(of: plan.count - 1))
    return full
  }

  /// Stores it, full, with its beginning; what it has admitted comes with the households.
  func insert(_ tx: any StoreTransaction, hash: MerkleTree.Hash) throws {
    var random = PlacedRandom(number: 0, of: plan.count, seed: plan.seed &- 1)
    try tx.insert(full)
    try tx.append(event(.create, 1, from: nil, to: .planned, at: FillPlan.begin, &random))
    try tx.append(
      event(.open, Self.openVersion, from: .planned, to: .open, at: FillPlan.begin, &random))
    let entry = AuditEntry(
      log: "safemobility", id: AuditEntryID(using: &random), eventTime: FillPlan.begin,
      partner: .iom, role: .programAdmin, userPseudonym: random.digest(),
      purpose: .programAdministration, method: "safemobility.v1.ProgramService/OpenIntakeWindow",
      verdict: .allow, policyVersion: ReferenceData.policyVersion,
      requestCommitment: random.digest(), responseCommitment: random.digest(),
      stateBefore: IntakeWindowState.planned.rawValue, versionBefore: .first,
      stateAfter: IntakeWindowState.open.rawValue, versionAfter: version(Self.openVersion))
    try tx.append(entry, digest: hash(entry.canonicalBytes))
  }

  /// The event of taking the registration of a number; they are taken one after the other.
  func admission(of number: Int, _ random: inout PlacedRandom) -> StatusEvent {
    event(
      .admit, Self.openVersion + 1 + Int64(number), from: .open,
      to: number + 1 == plan.count ? .quotaReached : .open, at: plan.submission(of: number),
      &random)
  }

  private func event(
    _ event: IntakeWindow.Event, _ number: Int64, from before: IntakeWindowState?,
    to after: IntakeWindowState, at time: Instant, _ random: inout PlacedRandom
  ) -> StatusEvent {
    StatusEvent(
      id: StatusEventID(using: &random), aggregate: .intakeWindow, uid: open.uid.rawValue,
      version: version(number), type: event.rawValue, stateBefore: before?.rawValue,
      stateAfter: after.rawValue, actorClass: .staff, time: time)
  }

  private func version(_ number: Int64) -> Version { Version(rawValue: number) ?? .first }
}
