/// Text of the Prometheus exposition format 0.0.4, under construction.
///
/// Source: prometheus.io, "Exposition formats", text-based format.
struct PrometheusText {
  /// What the format is called in HTTP.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var bytes: [UInt8] = []

  /// The two lines before the samples of a metric.
  mutating func head(_ name: String, type: String, help: String) {
    if !help.isEmpty { line("# HELP \(name) \(PrometheusName.escapedHelp(help))") }
    line("# TYPE \(name) \(type)")
  }

  /// One sample; `labels` are escaped already.
  mutating func sample(_ name: String, labels: String, value: Double) {
    let set = labels.isEmpty ? "" : "{\(labels)}"
    line("\(name)\(set) \(Self.number(value))")
  }

  /// Whole numbers without a point, others in the shortest form that reads back the same.
  static func number(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return String(whole) }
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value.description
  }

  private mutating func line(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }
}
