import AuditProof
import Domain
import Storage

/// One kind of move that nobody calls for: its time has come.
///
/// There is one static member for each kind, beside the others of its noun.
struct Timer<ID: Identifier>: Sendable {
  /// What the log calls the move, as if it were a call.
  let method: String
  /// What the system is said to act for.
  let purpose: Purpose
  /// How many things one unit of work moves. What gives seats back is moved one by one: a unit that had the slots of
  /// several would keep those waiting who need one, and wait itself for who has another.
  let unitCountMax: Int
  /// The keys of what is due, behind a key, at most so many.
  let due: @Sendable (any StoreReader, TimeKey<ID>?, Int) throws -> Page<TimeKey<ID>>
  /// Reads one thing again and moves it. `false` when there is nothing to move any more: somebody
  /// was faster, which is legal.
  let move: @Sendable (inout Writing, ID) throws -> Bool

  /// - Parameters:
  ///   - name: the move, by its verb and noun: `LapseAppointment`
  ///   - isOneByOne: whether each is moved in a unit of its own
  init(
    _ name: String, for purpose: Purpose = .processing, isOneByOne: Bool = false,
    due: @escaping @Sendable (any StoreReader, TimeKey<ID>?, Int) throws -> Page<TimeKey<ID>>,
    move: @escaping @Sendable (inout Writing, ID) throws -> Bool
  ) {
    method = "safemobility.v1.Timer/\(name)"
    self.purpose = purpose
    unitCountMax = isOneByOne ? 1 : Desk.timerBatchCountMax
    self.due = due
    self.move = move
  }

  /// Moves one thing, with its entry in the log.
  func fire(_ id: ID, at desk: Desk, in tx: any StoreTransaction) throws -> Bool {
    // No request asked for this; the entry commits to what was moved instead.
    let digest = Hash.sha256("\(method) \(id)")
    var trail = AuditTrail(
      method: method, requestDigest: digest, isPersonal: true, secrets: desk.secrets)
    trail.caller = .timer(for: purpose, at: tx.now)
    var work = Writing(
      tx: tx, trail: trail, limits: desk.limits, requestDigest: digest, requestSHA256: digest,
      secrets: desk.secrets)
    guard try move(&work, id) else { return false }
    _ = try tx.append(work.trail, response: nil)
    return true
  }
}

extension Caller {
  /// The server itself. No certificate has this role, so no caller is ever taken for it.
  static func timer(for purpose: Purpose, at time: Instant) -> Caller {
    system("timer", for: purpose, at: time)
  }

  /// The server, as it offers seats to who waits.
  static func waitlist(at time: Instant) -> Caller {
    system("waitlist", for: .processing, at: time)
  }

  private static func system(_ name: String, for purpose: Purpose, at time: Instant) -> Caller {
    Caller(
      actor: Actor(partner: PartnerID(checked: "pasarela"), role: .system, user: name),
      purpose: purpose, callTime: time)
  }
}
