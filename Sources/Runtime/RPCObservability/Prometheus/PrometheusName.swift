/// Makes names of Prometheus from those of swift-metrics, as OpenTelemetry's exporter does.
///
/// Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility"; the alphabets are
/// those of the Prometheus data model.
enum PrometheusName {
  /// Label values are cut to this many bytes: they are kept for ever and repeated in every scrape.
  static let labelValueByteCountMax = 256

  /// "grpc.server.call.duration" in seconds is "grpc_server_call_duration_seconds".
  ///
  /// A counter ends in `_total`, behind the unit.
  static func metric(_ label: String, unit: MetricDescription.Unit, isCounter: Bool) -> String {
    var name = sanitized(label, allowsColon: true)
    if isCounter, name.hasSuffix("_total") { name.removeLast("_total".utf8.count) }
    let suffix = unit.suffix
    if !suffix.isEmpty, !name.hasSuffix(suffix) { name += suffix }
    return isCounter ? name + "_total" : name
  }

  /// "grpc.method" is "grpc_method".
  static func label(_ name: String) -> String {
    let name = sanitized(name, allowsColon: false)
    // The histogram's own label, and the prefix that belongs to Prometheus itself.
    return name == "le" || name == "quantile" ? "dimension_" + name : name
  }

  /// The label set between the braces, in the order of the names: `a="1",b="2"`.
  ///
  /// Names that are the same once they are legal have their values joined by `;`.
  static func labels(_ dimensions: [(String, String)]) -> String {
    var values: [String: [String]] = [:]
    for (name, value) in dimensions { values[label(name), default: []].append(value) }
    return values.sorted { $0.key < $1.key }
      .map { "\($0.key)=\"\(escapedValue($0.value.sorted().joined(separator: ";")))\"" }
      .joined(separator: ",")
  }

  /// Backslash, quote and line feed as the text format writes them; no longer than the limit.
  static func escapedValue(_ value: String) -> String {
    escaped(value.prefix(utf8Count: labelValueByteCountMax), quotes: true)
  }

  /// A HELP text, in which quotes stand for themselves.
  static func escapedHelp(_ text: String) -> String { escaped(Substring(text), quotes: false) }

  private static func escaped(_ text: Substring, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Letters, digits and single underscores; never empty, never a digit first.
  private static func sanitized(_ name: String, allowsColon: Bool) -> String {
    var result = ""
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: ":") where allowsColon: result += ":"
      default: if !result.hasSuffix("_") { result += "_" }
      }
    }
    let first = result.utf8.first
    let startsWrong = first.map { (0x30...0x39).contains($0) } ?? true
    return startsWrong ? "_" + result : result
  }
}

extension String {
  /// The longest beginning of whole scalars that has at most this many bytes.
  func prefix(utf8Count: Int) -> Substring {
    if utf8.count <= utf8Count { return self[...] }
    var end = utf8.index(utf8.startIndex, offsetBy: utf8Count)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
      end = utf8.index(before: end)
    }
    return self[..<end]
  }
}
