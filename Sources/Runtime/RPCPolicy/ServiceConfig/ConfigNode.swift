internal import Protobuf

/// One value of a service config's JSON, and its place for the error that may be made of it.
///
/// `null` counts as absent everywhere, as in the JSON mapping of protobuf.
struct ConfigNode {
  let path: String
  private let kind: GoogleProtobuf.Value.Kind

  private init(_ kind: GoogleProtobuf.Value.Kind, at path: String) {
    self.kind = kind
    self.path = path
  }

  /// The whole text.
  init(json: String) throws(ServiceConfigError) {
    do throws(JSONError) {
      kind = .structValue(try GoogleProtobuf.Struct(jsonString: json))
      path = ""
    } catch {
      // Its own place is that of a byte, which says more than a path.
      throw ServiceConfigError(path: "", "\(error)")
    }
  }

  /// This value's error.
  func error(_ problem: String) -> ServiceConfigError {
    ServiceConfigError(path: path, problem)
  }

  /// The error of a member that is missing.
  func missing(_ name: String) -> ServiceConfigError {
    ServiceConfigError(path: inner(name), "is required")
  }

  /// The names of an object's members.
  func names() throws(ServiceConfigError) -> [String] { Array(try members().keys) }

  /// The member of an object; nil when it is absent.
  func member(_ name: String) throws(ServiceConfigError) -> ConfigNode? {
    guard let kind = try members()[name]?.kind else { return nil }
    if case .nullValue = kind { return nil }
    return ConfigNode(kind, at: inner(name))
  }

  /// The elements of an array.
  func items() throws(ServiceConfigError) -> [ConfigNode] {
    guard case .listValue(let list) = kind else { throw error("must be an array") }
    return list.values.enumerated().map { index, value in
      ConfigNode(value.kind ?? .nullValue(.nullValue), at: "\(path)[\(index)]")
    }
  }

  /// A text.
  func text() throws(ServiceConfigError) -> String {
    guard case .stringValue(let text) = kind else { throw error("must be a string") }
    return text
  }

  /// A flag.
  func flag() throws(ServiceConfigError) -> Bool {
    guard case .boolValue(let flag) = kind else { throw error("must be true or false") }
    return flag
  }

  /// A number; a string that holds one is taken too, as the JSON mapping of protobuf does.
  func number() throws(ServiceConfigError) -> Double {
    switch kind {
    case .numberValue(let number): return number
    case .stringValue(let text):
      guard let number = Double(text), number.isFinite else { throw error("must be a number") }
      return number
    case .nullValue, .boolValue, .structValue, .listValue: throw error("must be a number")
    }
  }

  /// A whole number within limits.
  func integer(in range: ClosedRange<Int>) throws(ServiceConfigError) -> Int {
    let problem = "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
    // Beyond 2^53 a Double no longer knows the number that was written; no limit here is near that.
    guard let integer = Int(exactly: try number()), range.contains(integer) else {
      throw error(problem)
    }
    return integer
  }

  /// A length of time, not negative.
  func duration() throws(ServiceConfigError) -> Duration {
    guard case .stringValue(let text) = kind,
      let duration = GoogleProtobuf.Duration(text: text)?.swiftDuration
    else { throw error("must be seconds with an s, such as 1.5s") }
    guard duration >= .zero else { throw error("must not be negative") }
    return duration
  }

  /// A length of time above zero.
  func positiveDuration() throws(ServiceConfigError) -> Duration {
    let duration = try duration()
    guard duration > .zero else { throw error("must be greater than 0s") }
    return duration
  }

  private func members() throws(ServiceConfigError) -> [String: GoogleProtobuf.Value] {
    guard case .structValue(let object) = kind else { throw error("must be an object") }
    return object.fields
  }

  private func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
