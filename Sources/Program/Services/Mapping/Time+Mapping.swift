import Domain
import Protobuf
import SafeMobilityAPI

extension GoogleProtobuf.Timestamp {
  /// The instant, to the microsecond.
  init(_ instant: Instant) { self.init(microsecondsSinceEpoch: instant.microseconds) }
}

extension Instant {
  /// The instant of a timestamp; nil outside years 1 to 9999, or with nanos outside a second.
  init?(_ timestamp: GoogleProtobuf.Timestamp) {
    guard let microseconds = timestamp.microsecondsSinceEpoch else { return nil }
    self.init(microseconds: microseconds)
  }
}

extension CivilDate {
  /// The date of a message; nil for one the calendar does not have.
  init?(_ date: SafeMobility.CivilDate) {
    self.init(year: Int(date.year), month: Int(date.month), day: Int(date.day))
  }
}

extension SafeMobility.CivilDate {
  /// A date with the parts that are known.
  init(_ date: CivilDate) {
    self.init()
    year = Int32(date.year)
    month = Int32(date.month)
    day = Int32(date.day)
  }
}
