import Domain
import Protobuf
import SafeMobilityAPI

extension GoogleProtobuf.Timestamp {
  /// The instant, to the microsecond.
  init(_ instant: Instant) {
    self.init()
    let (seconds, rest) = instant.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    self.seconds = rest < 0 ? seconds - 1 : seconds
    nanos = Int32(rest < 0 ? rest + 1_000_000 : rest) * 1_000
  }
}

extension Instant {
  /// The instant of a timestamp; nil outside years 1 to 9999, or with nanos outside a second.
  init?(_ timestamp: GoogleProtobuf.Timestamp) {
    let range = Instant.earliest.microseconds / 1_000_000...Instant.latest.microseconds / 1_000_000
    guard range.contains(timestamp.seconds), (0..<1_000_000_000).contains(timestamp.nanos) else {
      return nil
    }
    self.init(microseconds: timestamp.seconds * 1_000_000 + Int64(timestamp.nanos / 1_000))
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
