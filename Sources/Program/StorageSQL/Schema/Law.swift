/// A rule that holds over all rows of a store, whatever happens to its servers.
package struct Law: Sendable {
  /// What holds, with the number of the invariant.
  package let name: String
  /// How many rows break it.
  package let countOfBreaches: SQLStatement

  /// - Parameter breaches: the rows that break it
  init(_ name: String, _ breaches: String) {
    self.name = name
    countOfBreaches = SQLStatement("SELECT COUNT(*) FROM (\(breaches)) AS breaches")
  }

  /// Every law, in portable SQL.
  ///
  /// They start from what cannot be derived, such as states by their numbers, seats, events and entries, and say what
  /// the schema's own constraints say of columns that are derived from it: where the two differ, one of them is wrong.
  package static let all =
    ofBooking + ofPeople + ofReferrals + ofTheLog + eventful.map(eventPerVersion)
    + stateful.map(stateOfLastEvent)

  /// Tables of what never changes without a status event, with the event's code for them.
  private static let eventful = [
    ("hold", 11),
    ("appointment", 12),
    ("waitlist_entry", 13),
    ("referral", 14), ("duplicate_candidate", 17), ("pending_approval", 18),
  ]

  /// Tables with a state that no event leaves unsaid, with the event's code and the column it names them by.
  private static let stateful =
    eventful.map { ($0, $1, "uid") } + [
      ("intake_window", 2, "resource_uid"), ("registration", 7, "uid"),
    ]

  private static func stateOfLastEvent(_ table: String, aggregate: Int, name: String) -> Law {
    Law(
      "INV-9: of \(table), the state is the one of its last event",
      """
      SELECT t.uid FROM \(table) t JOIN status_event e
        ON e.aggregate = \(aggregate) AND e.aggregate_id = t.\(name) AND e.version = t.version
        WHERE e.state_after <> t.state
      """)
  }

  private static func eventPerVersion(_ table: String, aggregate: Int) -> Law {
    Law(
      "INV-9: of \(table), one event per version",
      """
      SELECT t.uid FROM \(table) t WHERE t.version <> (SELECT COUNT(*) FROM status_event e
        WHERE e.aggregate = \(aggregate) AND e.aggregate_id = t.uid)
      """)
  }
}
