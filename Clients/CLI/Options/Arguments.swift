import ArgumentParser
import Foundation
import Protobuf
import RPCTransportHTTP2
import SafeMobilityAPI

/// `HOST:PORT`, `[V6]:PORT`, `unix:PATH`, and the other forms of gRPC's name resolution.
struct TargetAddress: ExpressibleByArgument {
  let target: ChannelTarget

  init?(argument: String) {
    guard let target = ChannelTarget(argument) else { return nil }
    self.target = target
  }
}

/// `30s`, `500ms`, `2m`; a bare number is seconds. At most an hour.
struct TimeoutArgument: ExpressibleByArgument {
  let duration: Duration

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    guard (1...9).contains(digits.count), let count = Int(digits), count > 0 else { return nil }
    switch argument.dropFirst(digits.count) {
    case "ms": duration = .milliseconds(count)
    case "", "s": duration = .seconds(count)
    case "m": duration = .seconds(count * 60)
    default: return nil
    }
    guard duration <= .seconds(3_600) else { return nil }
  }
}

/// A name of the IANA time zone database.
struct ZoneArgument: ExpressibleByArgument {
  let zone: TimeZone

  init?(argument: String) {
    guard let zone = TimeZone(identifier: argument) else { return nil }
    self.zone = zone
  }
}

/// An instant with its offset from UTC, RFC 3339: `2023-06-12T08:00:00-06:00`.
struct TimeArgument: ExpressibleByArgument {
  let timestamp: GoogleProtobuf.Timestamp

  init?(argument: String) {
    guard let timestamp = GoogleProtobuf.Timestamp(text: argument) else { return nil }
    self.timestamp = timestamp
  }
}

/// A date of which the day, or the month too, may be unknown: `1990-02-28`, `1990-02`, `1990`.
///
/// Whether there is such a day is for the server to say, together with all that is wrong.
struct DateArgument: ExpressibleByArgument {
  let date: SafeMobility.CivilDate

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int32(part) : nil
    }
    guard (1...3).contains(parts.count), numbers.count == parts.count, parts[0].count == 4,
      parts.dropFirst().allSatisfy({ $0.count == 2 })
    else { return nil }
    date = .with {
      $0.year = numbers[0]
      $0.month = numbers.count > 1 ? numbers[1] : 0
      $0.day = numbers.count > 2 ? numbers[2] : 0
    }
  }

  /// How much of the date is known.
  var precision: SafeMobility.DatePrecision {
    date.month == 0 ? .year : date.day == 0 ? .month : .day
  }
}

/// A length of time with its unit, `s`, `m` or `h`: `45m`.
struct LengthArgument: ExpressibleByArgument {
  let duration: GoogleProtobuf.Duration

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600]
    guard let last = argument.last, let unit = units[last],
      let count = Int64(argument.dropLast()), (0...100_000).contains(count)
    else { return nil }
    duration = .with { $0.seconds = count * unit }
  }
}

/// The digest SHA-256: 64 hexadecimal digits.
struct DigestArgument: ExpressibleByArgument {
  let bytes: [UInt8]

  init?(argument: String) {
    let digits = argument.compactMap(\.hexDigitValue)
    guard argument.utf8.count == 64, digits.count == 64 else { return nil }
    bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
