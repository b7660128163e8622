/// No referral is sent without every person's consent, active at that instant (INV-6).
public enum ConsentRule {
  /// The consents a sending rests on: for every person one that is ACTIVE at `now`, given for this
  /// receiver and purpose, and covering `classes`.
  ///
  /// Refused with CONSENT_WITHDRAWN when a person has none that is active but has withdrawn one for
  /// this receiver and purpose; else with CONSENT_MISSING.
  public static func sending(
    _ referral: Referral, classes: DataClassSet, consents: [Consent], at now: Instant
  ) throws(Refusal) -> [ConsentID] {
    var found: [ConsentID] = []
    for person in referral.persons {
      let own = consents.filter {
        $0.person == person && $0.recipient == referral.to && $0.purpose == referral.purpose
      }
      let covering = own.first {
        $0.isActive(at: now) && classes.isSubset(of: $0.dataClasses)
      }
      guard let covering else {
        let isWithdrawn =
          own.contains { $0.state == .withdrawn } && !own.contains { $0.isActive(at: now) }
        throw Refusal(isWithdrawn ? .consentWithdrawn : .consentMissing)
      }
      found.append(covering.id)
    }
    return found
  }

  /// Whether everybody of `persons` has an active consent to PROCESSING, whoever the recipient.
  public static func hasProcessing(
    for persons: [PersonID], consents: [Consent], at now: Instant
  ) -> Bool {
    persons.allSatisfy { person in
      consents.contains {
        $0.person == person && $0.purpose == .processing && $0.isActive(at: now)
      }
    }
  }
}
