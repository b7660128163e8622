/// What lists show of each kind of resource, for a person who looks for one among many.
enum Columns {
  /// The paths of the columns, by the type's full name; nil for types whose every field is shown.
  static func of(_ type: String) -> [String]? { byType[type] }

  /// Fields that lists leave out of types without columns of their own: they would only fill the line.
  static let quiet: Set<String> = [
    "uid", "create_time", "update_time", "etag", "redacted_paths",
  ]

  private static let byType: [String: [String]] = Dictionary(
    uniqueKeysWithValues: [
      (
        "IntakeWindow",
        ["name", "state", "channel", "open_time", "close_time", "admitted", "quota"]
      ),
      (
        "EligibilityRule",
        ["name", "version", "effective_start_time", "effective_end_time", "nationality_codes"]
      ),
      ("Office", ["name", "display_name", "subdivision_code", "confirmed", "language_codes"]),
      ("Service", ["name", "kind", "modality", "duration", "party_max", "bookable_states"]),
      ("Schedule", ["name", "service", "rrule", "first_date", "first_minute", "capacity"]),
      ("Slot", ["name", "start_time", "free_seats", "capacity", "language_codes", "block_reason"]),
      ("Registration", ["name", "state", "receipt", "channel", "language_code", "submit_time"]),
      ("Person", ["name", "full_name", "birth_date", "sex", "nationality_codes"]),
      (
        "IdentityDocument",
        ["name", "type", "issuing_region_code", "expiry_date", "verification.outcome", "warnings"]
      ),
      ("Consent", ["name", "state", "recipient", "purpose", "person", "expire_time"]),
      ("Appointment", ["name", "state", "start_time", "seats", "service", "registration"]),
      (
        "Referral",
        ["name", "state", "pathway", "to_partner", "priority", "registration", "update_time"]
      ),
      ("Decision", ["name", "kind", "decision_date", "reason", "authority"]),
      ("Pathway", ["name", "initiator", "authorities", "region_code", "protection"]),
      ("Partner", ["name", "display_name", "kind", "purposes"]),
    ].map { ("safemobility.v1.\($0.0)", $0.1) })
}
