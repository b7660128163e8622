import ArgumentParser

/// How answers are shown.
enum OutputFormat: Hashable, Sendable {
  /// Aligned columns, for people.
  case table
  /// The response as canonical proto3 JSON.
  case json
  /// The name of the resource, or one name a line.
  case name
  /// One field by its path in the response, such as `hold.fence`; one value a line.
  case value(path: String)
}

extension OutputFormat: ExpressibleByArgument {
  init?(argument: String) {
    switch argument {
    case "table": self = .table
    case "json": self = .json
    case "name": self = .name
    default:
      guard argument.hasPrefix("value="), argument != "value=" else { return nil }
      self = .value(path: String(argument.dropFirst("value=".count)))
    }
  }

  static var allValueStrings: [String] { ["table", "json", "name", "value=PATH"] }
}
