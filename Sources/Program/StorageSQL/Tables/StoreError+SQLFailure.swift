import Storage

extension StoreError {
  /// What a failed statement means to the domain.
  init(_ failure: SQLFailure) {
    switch failure {
    case .unique(let key): self = .conflict(Constraint(uniqueKey: key))
    case .check: self = .conflict(.range)
    case .foreignKey: self = .conflict(.reference)
    case .appendOnly: self = .conflict(.appendOnly)
    case .busy: self = .busy
    // Again and again others were faster.
    case .serialization: self = .versionMismatch
    case .unavailable(let reason): self = .unavailable(reason)
    case .unsuitable(let reason): self = .unsuitable(reason)
    case .timeout: self = .unavailable("no answer in time")
    case .inputOutput(let reason): self = .io(reason)
    case .corrupt(let reason): self = .unreadable(path: "the database", reason: reason)
    case .missingValue(let column): self = .defect("no value for \(column)")
    case .unreadableRow(let reason): self = .defect("a stored row does not read: \(reason)")
    case .statement(let reason): self = .defect(reason)
    }
  }
}

extension StoreError {
  /// Does something that no caller waits for, and gives what it throws its name in the domain.
  static func translating<R>(_ body: () throws -> R) throws(StoreError) -> R {
    do {
      return try body()
    } catch let error as StoreError {
      throw error
    } catch let failure as SQLFailure {
      throw StoreError(failure)
    } catch {
      throw .defect("\(error)")
    }
  }
}

extension Constraint {
  /// The rule behind a unique key: PostgreSQL names the index, SQLite the columns.
  init(uniqueKey: String) {
    self = Self.others[uniqueKey] ?? Constraint(rawValue: uniqueKey) ?? .identifier
  }

  /// Keys whose name is not the rule's own.
  private static let others: [String: Constraint] = [
    "registration_receipt": .receipt,
    "idempotency_pkey": .requestID,
    "registration.receipt": .receipt,
    "partner_key.public_key": .partnerKey,
    "hold.registration_id": .activeHold,
    "appointment.registration_id, appointment.service_id": .liveAppointment,
    "waitlist_entry.registration_id, waitlist_entry.service_kind": .waiting,
    "member.program_id, member.cluster_id": .liveMember,
    """
    referral_person.cluster_id, referral_person.pathway, referral_person.destination
    """: .liveReferral,
    "referral_person.cluster_id, referral_person.excl_group": .exclusiveGroup,
    "duplicate_candidate.low_id, duplicate_candidate.high_id": .duplicatePair,
    "pending_approval.method, pending_approval.resource": .pendingApproval,
    "idempotency.partner, idempotency.method, idempotency.request_id": .requestID,
  ]
}
