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
  /// The keys of what is due, behind a key, at most so many.
  let due: @Sendable (any StoreReader, TimeKey<ID>?, Int) throws -> Page<TimeKey<ID>>
  /// Reads one thing again and moves it. `false` when there is nothing to move any more: somebody
  /// was faster, which is legal.
  let move: @Sendable (inout Writing, ID) throws -> Bool

  /// - Parameter name: the move, by its verb and noun: `LapseAppointment`
  init(
    _ name: String, for purpose: Purpose = .processing,
    due: @escaping @Sendable (any StoreReader, TimeKey<ID>?, Int) throws -> Page<TimeKey<ID>>,
    move: @escaping @Sendable (inout Writing, ID) throws -> Bool
  ) {
    method = "safemobility.v1.Timer/\(name)"
    self.purpose = purpose
    self.due = due
    self.move = move
  }

  /// Moves one thing, with its entry in the log.
  func fire(_ id: ID, in tx: any StoreTransaction, limits: Limits) throws -> Bool {
    // No request asked for this; the entry commits to what was moved instead.
    let digest = Hash.sha256("\(method) \(id)")
    var work = Writing(
      tx: tx,
      trail: AuditTrail(method: method, caller: .timer(for: purpose), requestDigest: digest),
      limits: limits, requestDigest: digest)
    guard try move(&work, id) else { return false }
    _ = try tx.append(work.trail.entry(.allow, response: nil, reason: nil, at: tx.now))
    return true
  }
}

extension Caller {
  /// The server itself. No certificate has this role, so no caller is ever taken for it.
  static func timer(for purpose: Purpose) -> Caller {
    Caller(
      actor: Actor(partner: PartnerID(checked: "pasarela"), role: .system, user: "timer"),
      purpose: purpose)
  }
}
