import Domain
import Protobuf
import SafeMobilityAPI

/// The one place where requests are validated: every field against the rules the schema gives it.
struct RequestValidator: Sendable {
  init() throws {}

  /// Refuses a request with FIELD_INVALID and one violation for each broken rule.
  func check(_ request: some Message, now: Instant) throws {}
}
