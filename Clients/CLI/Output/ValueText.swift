import Foundation
import Protobuf
import SafeMobilityAPI

/// Values as people read them, and as programs do.
enum ValueText {
  /// A scalar or enum.
  static func value(_ scalar: Scalar, _ type: FieldType) -> Record.Value {
    switch scalar {
    case .int32(let number): plain("\(number)")
    case .int64(let number): plain("\(number)")
    case .uint32(let number): plain("\(number)")
    case .uint64(let number): plain("\(number)")
    case .float(let number): plain("\(number)")
    case .double(let number): plain("\(number)")
    case .bool(let flag): .text(shown: flag ? "yes" : "no", raw: flag ? "true" : "false")
    case .string(let text): .text(shown: Plain.cell(text), raw: text)
    case .bytes(let bytes): plain(hexadecimal(bytes))
    case .enum(let number):
      plain(type.enumDescriptor.map { EnumText.name(of: number, in: $0) } ?? "\(number)")
    }
  }

  /// A message that stands for one value; nil for any other.
  static func value(
    of message: borrowing MessageView, _ zone: TimeZone
  ) throws -> Record.Value? {
    switch message.descriptor.fullName {
    case SafeMobility.CivilDate.descriptor.fullName:
      return plain(
        dateText(
          year: try number(message, 1), month: try number(message, 2), day: try number(message, 3)))
    case GoogleProtobuf.Timestamp.descriptor.fullName:
      let time = GoogleProtobuf.Timestamp.with { time in
        time.seconds = (try? number(message, 1)) ?? 0
        time.nanos = (try? number(message, 2)).map { Int32(truncatingIfNeeded: $0) } ?? 0
      }
      return .text(shown: timeText(time, zone), raw: time.text ?? "")
    case GoogleProtobuf.Duration.descriptor.fullName:
      let duration = GoogleProtobuf.Duration.with { duration in
        duration.seconds = (try? number(message, 1)) ?? 0
      }
      return .text(shown: lengthText(duration.seconds), raw: duration.text ?? "")
    case SafeMobility.LocalizedText.descriptor.fullName:
      return plain("\(try text(message, 2)) (\(try text(message, 1)))")
    default: return nil
    }
  }

  /// `1990-02-28`, `1990-02`, `1990`.
  static func dateText(year: Int64, month: Int64, day: Int64) -> String {
    let parts = [padded(year, 4)] + [month, day].filter { $0 != 0 }.map { padded($0, 2) }
    return parts.joined(separator: "-")
  }

  /// `2023-06-12 08:00 -06:00`, seconds only where there are any.
  static func timeText(_ time: GoogleProtobuf.Timestamp, _ zone: TimeZone) -> String {
    let offset = zone.secondsFromGMT(
      for: Date(timeIntervalSince1970: TimeInterval(time.seconds)))
    let local = GoogleProtobuf.Timestamp.with { $0.seconds = time.seconds + Int64(offset) }
    guard let text = local.text else { return "(no time)" }
    let date = text.prefix(10)
    let clock = text.dropFirst(11).prefix(8)
    let minutes = clock.hasSuffix(":00") ? clock.dropLast(3) : clock
    return "\(date) \(minutes) \(offsetText(offset))"
  }

  private static func offsetText(_ seconds: Int) -> String {
    if seconds == 0 { return "UTC" }
    let minutes = Int64(abs(seconds) / 60)
    return (seconds < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2)
  }

  /// `1 h 30 min`.
  private static func lengthText(_ seconds: Int64) -> String {
    let parts = [(seconds / 3_600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")]
      .filter { $0.0 != 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
  }

  private static func plain(_ text: String) -> Record.Value {
    .text(shown: Plain.cell(text), raw: text)
  }

  private static func number(_ message: borrowing MessageView, _ number: Int) throws -> Int64 {
    guard let field = message.descriptor.field(number: number) else { return 0 }
    switch try message.scalar(field) {
    case .int32(let value): return Int64(value)
    case .int64(let value): return value
    default: return 0
    }
  }

  private static func text(_ message: borrowing MessageView, _ number: Int) throws -> String {
    guard let field = message.descriptor.field(number: number),
      case .string(let text) = try message.scalar(field)
    else { return "" }
    return text
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { padded(String($0, radix: 16), 2) }.joined()
  }

  private static func padded(_ number: Int64, _ count: Int) -> String {
    padded(String(number), count)
  }

  private static func padded(_ digits: String, _ count: Int) -> String {
    String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
