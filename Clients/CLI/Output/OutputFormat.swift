import ArgumentParser

/// How answers are shown.
enum OutputFormat: Hashable, Sendable {
  /// Aligned columns, for people.
  case table
  /// Aligned columns, all of them and none cut short.
  case wide
  /// The response as canonical proto3 JSON.
  case json
  /// The same as YAML.
  case yaml
  /// The name of the resource, or one name a line.
  case name
  /// One field by its path in the response, such as `hold.fence`; one value a line.
  case value(path: String)
}

extension OutputFormat: ExpressibleByArgument {
  init?(argument: String) {
    switch argument {
    case "table": self = .table
    case "wide": self = .wide
    case "json": self = .json
    case "yaml": self = .yaml
    case "name": self = .name
    default:
      guard argument.hasPrefix("value="), argument != "value=" else { return nil }
      self = .value(path: String(argument.dropFirst("value=".count)))
    }
  }

  static var allValueStrings: [String] { ["table", "wide", "json", "yaml", "name", "value=PATH"] }
}
