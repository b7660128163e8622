extension ReferralMachine {
  // MARK: The side that receives

  /// The partner has it, and signs for exactly what it got.
  ///
  /// - Parameter receipt: its signature over the digest, which has been checked; nil of a partner without keys
  public mutating func acknowledge(
    releaseDigest: Digest, receipt: ReleaseReceipt? = nil, by partner: PartnerID, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try demand(.acknowledge, by: partner)
    guard releaseDigest == referral.release?.digest else {
      throw Refusal.field("release_sha256", "is not the digest of the release sent")
    }
    referral.release?.receipt = receipt
    return referral.move(.acknowledge, to: .received, at: now)
  }

  /// The partner takes the case under a number of its own, 1 … 64 bytes.
  public mutating func accept(
    partnerCaseReference: String, by partner: PartnerID, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try demand(.accept, by: partner)
    guard (1...64).contains(partnerCaseReference.utf8.count) else {
      throw Refusal.field("partner_case_ref", "must be 1 to 64 bytes")
    }
    referral.partnerCaseReference = partnerCaseReference
    referral.dueTime = nil
    referral.isOverdue = false
    return referral.move(.accept, to: .accepted, at: now)
  }

  /// The partner sends it back to be mended.
  public mutating func returnToSender(
    _ reason: ReferralReason, by partner: PartnerID, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try demand(.returnToSender, by: partner)
    referral.reason = reason
    referral.dueTime = nil
    return referral.move(.returnToSender, to: .returned, at: now)
  }

  /// The partner works on it.
  public mutating func advance(
    by partner: PartnerID, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try demand(.advance, by: partner)
    return referral.move(.advance, to: .inProcess, at: now)
  }

  /// The partner will not take it.
  public mutating func reject(
    _ reason: ReferralReason, by partner: PartnerID, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try demand(.reject, by: partner)
    referral.reason = reason
    return referral.move(.reject, to: .rejected, at: now)
  }

  /// The partner decided, or corrects what it decided. A decision is only ever added (INV-10); `now`
  /// bounds its date.
  public mutating func recordDecision(
    _ decision: Decision, by partner: PartnerID, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    let event: Referral.Event = decision.supersedes == nil ? .recordDecision : .correctDecision
    try demand(event, by: partner)
    guard decision.referral == referral.id, decision.authority == partner else {
      throw Refusal.field("decision", "must be the caller's own, on this referral")
    }
    // A day of grace, because the partner's calendar may be a day ahead of UTC.
    guard decision.date.precision == .day,
      let tomorrow = now.utcDate.date.adding(days: 1), !tomorrow.isSurelyBefore(decision.date)
    else {
      throw Refusal.field("decision.decision_date", "must be a whole date, not in the future")
    }
    if let end = decision.validUntil, end.isSurelyBefore(decision.validFrom ?? decision.date) {
      throw Refusal.field("decision.valid_until_date", "is before its beginning")
    }
    return referral.move(
      event, to: .decided, at: now, orders: [.insertDecision(decision)])
  }

  /// The partner has stopped, as asked.
  public mutating func confirmWithdrawal(
    by partner: PartnerID, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try demand(.confirmWithdrawal, by: partner)
    return referral.move(.confirmWithdrawal, to: .withdrawn, at: now)
  }

  private func demand(_ event: Referral.Event, by partner: PartnerID) throws(Refusal) {
    guard partner == referral.to else { throw Refusal.denied(.notReceiver) }
    try referral.demand(event)
  }
}
