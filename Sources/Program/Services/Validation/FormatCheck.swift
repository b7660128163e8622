import Domain
import SafeMobilityAPI

/// The closed set of text formats of the schema, each checked by the domain's own type for it.
enum FormatCheck {
  /// What is wrong with a text of a format, or nil.
  static func problem(with text: String, _ format: SafeMobility.Format) -> String? {
    isValid(text, format) ? nil : "must be \(description(of: format))"
  }

  private static func isValid(_ text: String, _ format: SafeMobility.Format) -> Bool {
    switch format {
    case .uid: ResourceUID(rawValue: text) != nil
    case .uuidV4: RequestID(text: text) != nil
    case .resourceId: isResourceID(text)
    case .etag: text.utf8.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
    case .receipt: Receipt(typed: text) != nil
    case .visitCode: VisitCode(typed: text) != nil
    case .regionCode: RegionCode(rawValue: text) != nil
    case .subdivisionCode: isSubdivision(text)
    case .locode: isLocode(text)
    case .languageCode: LanguageTag(reading: text) != nil
    case .timeZone: FixedZone(rawValue: text) != nil
    case .e164: PhoneNumber(rawValue: text) != nil
    case .email: text.utf8.count <= 254 && EmailAddress(rawValue: text) != nil
    case .uri: isURI(text)
    case .rrule: (try? RecurrenceRule(text: text)) != nil
    case .issuerCode: text.utf8.count == 3 && text.utf8.allSatisfy(isUpper)
    case .icaoStatus: IcaoStatus(code: text) != nil
    case .mrzLine: isZoneLine(text)
    case .occupationCode: (1...4).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit)
    case .unspecified, .resourceName, .pageToken, .resumeToken, .sha256, .unrecognized: true
    }
  }

  private static func description(of format: SafeMobility.Format) -> String {
    switch format {
    case .uid: "an identifier the server has given"
    case .uuidV4: "a UUID of version 4"
    case .resourceId: "1 to 63 of a-z, 0-9 and -, beginning with a letter"
    case .etag: "an etag with its quotes, as read from the resource"
    case .receipt: "a receipt of 8 characters with a correct check character"
    case .visitCode: "a visit code with a correct check character"
    case .regionCode: "an ISO 3166-1 alpha-2 code in upper case, such as GT"
    case .subdivisionCode: "an ISO 3166-2 code, such as GT-09"
    case .locode: "a UN/LOCODE of five characters"
    case .languageCode: "a BCP 47 language tag, such as es-GT"
    case .timeZone: "an IANA time zone of the programme, such as America/Guatemala"
    case .e164: "an E.164 number with its plus sign"
    case .email: "an e-mail address"
    case .uri: "an absolute URI"
    case .rrule: "a recurrence rule the programme knows, such as FREQ=WEEKLY;BYDAY=MO,TU;COUNT=4"
    case .issuerCode: "three upper-case letters"
    case .icaoStatus: "XXA, XXB, XXC or XXX"
    case .mrzLine: "a line of 30, 36 or 44 of A-Z, 0-9 and <"
    case .occupationCode: "an ISCO-08 code of 1 to 4 digits"
    case .unspecified, .resourceName, .pageToken, .resumeToken, .sha256, .unrecognized:
      "of the format the schema names"
    }
  }

  private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
  private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isResourceID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...63).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
      return false
    }
    return isLower(first) && last != UInt8(ascii: "-")
      && bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
  }

  /// ISO 3166-2: an assigned country, a hyphen, 1 to 3 letters or digits.
  private static func isSubdivision(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && RegionCode(rawValue: String(parts[0])) != nil
      && (1...3).contains(parts[1].utf8.count)
      && parts[1].utf8.allSatisfy { isUpper($0) || isDigit($0) }
  }

  private static func isLocode(_ text: String) -> Bool {
    text.utf8.count == 5 && RegionCode(rawValue: String(text.prefix(2))) != nil
      && text.utf8.dropFirst(2).allSatisfy { isUpper($0) || (0x32...0x39).contains($0) }
  }

  /// RFC 3986 § 3: a scheme, a colon, and something without spaces after it.
  private static func isURI(_ text: String) -> Bool {
    guard let colon = text.firstIndex(of: ":"), let first = text.utf8.first,
      isLower(first) || isUpper(first)
    else { return false }
    let scheme = text[..<colon].utf8
    return scheme.allSatisfy {
      isLower($0) || isUpper($0) || isDigit($0) || "+-.".utf8.contains($0)
    }
      && text.index(after: colon) < text.endIndex
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  private static func isZoneLine(_ text: String) -> Bool {
    [30, 36, 44].contains(text.utf8.count)
      && text.utf8.allSatisfy { isUpper($0) || isDigit($0) || $0 == UInt8(ascii: "<") }
  }
}
