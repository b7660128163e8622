import Protobuf
import SafeMobilityAPI

/// The rules for one number, text, bytes or enum value.
enum ScalarCheck {
  /// What is wrong with a value, or nil.
  static func problem(with value: Scalar, _ rule: FieldRule) -> String? {
    switch value {
    case .string(let text): problem(with: text, rule)
    case .bytes(let bytes): problem(with: bytes, rule)
    case .enum(let number): problem(withEnum: number, rule)
    case .int32(let number): problem(with: Int64(number), rule)
    case .int64(let number): problem(with: number, rule)
    case .uint32(let number): problem(with: Int64(number), rule)
    case .uint64(let number): problem(with: Int64(clamping: number), rule)
    case .float, .double, .bool: nil
    }
  }

  private static func problem(with text: String, _ rule: FieldRule) -> String? {
    let length = text.unicodeScalars.count
    guard rule.length.contains(length) else {
      return "must have \(rule.length.lowerBound) to \(rule.length.upperBound) characters"
    }
    if let problem = unseen(in: text) { return problem }
    guard NormalForm.isComposed(text) else { return "must be composed (Unicode form C)" }
    if !rule.resources.isEmpty {
      let segments = FieldRule.segments(of: text)
      return rule.resources.contains { matches(segments, $0) }
        ? nil
        : "must be a resource name like \(rule.resources.map(pattern).joined(separator: " or "))"
    }
    return FormatCheck.problem(with: text, rule.format)
  }

  /// What is in a text that nobody sees, or can see: two that look the same must not be two names.
  private static func unseen(in text: String) -> String? {
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control: return "must not have control characters"
      case .format, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: break
      // Fillers of syllables that are no syllables.
      case .otherLetter where scalar.properties.isDefaultIgnorableCodePoint: break
      default: continue
      }
      let code = String(scalar.value, radix: 16, uppercase: true)
      return "must not have U+\(code), which is not seen: leave it out"
    }
    return nil
  }

  private static func matches(_ segments: [Substring], _ pattern: [Substring]) -> Bool {
    segments.count == pattern.count
      && zip(segments, pattern).allSatisfy { segment, expected in
        expected == "*" ? !segment.isEmpty : segment == expected
      }
  }

  private static func pattern(_ segments: [Substring]) -> String { segments.joined(separator: "/") }

  private static func problem(with bytes: [UInt8], _ rule: FieldRule) -> String? {
    if rule.format == .sha256, bytes.count != 32 { return "must be 32 bytes, a SHA-256 digest" }
    return rule.byteCount.contains(bytes.count)
      ? nil
      : "must have \(rule.byteCount.lowerBound) to \(rule.byteCount.upperBound) bytes"
  }

  private static func problem(withEnum number: Int32, _ rule: FieldRule) -> String? {
    if rule.isRequired, number == 0 { return "must not be UNSPECIFIED" }
    guard rule.definedOnly, let names = rule.field.type.enumDescriptor else { return nil }
    return names.name(of: number) == nil ? "must be a value of \(names.fullName)" : nil
  }

  static func problem(with number: Int64, _ rule: FieldRule) -> String? {
    if let minimum = rule.minimum, number < minimum { return "must be at least \(minimum)" }
    if let maximum = rule.maximum, number > maximum { return "must be at most \(maximum)" }
    return nil
  }
}
