/// Guatemala's identity number as printed on a DPI: eight digits, a check digit, two digits of
/// department and two of municipality.
///
/// The check is Σ dᵢ·(i+1) for i = 1 … 8, mod 11. For about one number in eleven it comes to 10,
/// which is no digit; public validators refuse those or take 0. Here 0 is taken, with a warning. A
/// wrong check or an unknown place warns and never refuses: tables are stale, and printers err.
public struct Cui: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// 13 digits.
  public let rawValue: String

  /// Exactly 13 digits; see ``init(typed:)`` for what people type.
  public init?(rawValue: String) {
    guard rawValue.utf8.count == 13, rawValue.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    self.rawValue = rawValue
  }

  /// Thirteen digits with spaces or hyphens between: `1234 56789 9901`.
  public init?(typed text: String) {
    self.init(rawValue: text.filter { $0 != " " && $0 != "-" })
  }

  /// A number with the check that belongs to it; a check of 10 is written as 0. `nil` unless
  /// `serial` has eight digits and the others two each.
  public init?(serial: String, department: Int, municipality: Int) {
    guard let remainder = Self.remainder(serial), (0...99).contains(department),
      (0...99).contains(municipality)
    else { return nil }
    rawValue =
      serial + String(remainder % 10) + decimal(department, 2) + decimal(municipality, 2)
  }

  /// The department, 1 … 22 where it is real.
  public var department: Int { Int(rawValue.dropFirst(9).prefix(2)) ?? 0 }
  /// The municipality within the department, from 1.
  public var municipality: Int { Int(rawValue.suffix(2)) ?? 0 }

  /// What is odd about the number.
  public var warnings: [DocumentWarning] {
    var warnings: [DocumentWarning] = []
    let check = Int(rawValue.dropFirst(8).prefix(1))
    switch Self.remainder(String(rawValue.prefix(8))) {
    case 10?: warnings.append(check == 0 ? .cuiCheckAmbiguous : .cuiCheckFailed)
    case let remainder: if remainder != check { warnings.append(.cuiCheckFailed) }
    }
    let place = Department.all.first { $0.number == department }
    if place.map({ !(1...$0.municipalityCount).contains(municipality) }) ?? true {
      warnings.append(.cuiPlaceUnknown)
    }
    return warnings
  }

  /// As printed: `1234 56789 9901`.
  public var description: String {
    "\(rawValue.prefix(4)) \(rawValue.dropFirst(4).prefix(5)) \(rawValue.suffix(4))"
  }

  /// The weighted sum of eight digits mod 11, 0 … 10; `nil` for any other text.
  public static func remainder(_ serial: String) -> Int? {
    let digits = serial.utf8.compactMap { (0x30...0x39).contains($0) ? Int($0) - 0x30 : nil }
    guard digits.count == 8, serial.utf8.count == 8 else { return nil }
    return zip(digits, 2...9).reduce(0) { $0 + $1.0 * $1.1 } % 11
  }
}
