/// What the command line asks of the plugin, read from `--pasarela_opt=…`.
///
/// `protoc` joins repeated options with commas, so a value may hold none.
public struct Parameters: Hashable, Sendable {
  /// Who may use the generated code.
  public enum Visibility: String, Hashable, Sendable {
    case `public`
    case package
    case `internal`
  }

  /// A folder (ending in `/`) or a file of the schema, and the Swift module that holds its code.
  struct ModuleMapping: Hashable {
    var path: String
    var module: String
  }

  var visibility = Visibility.public
  var services = true
  var module: String?
  private var namespaces: [String: String] = ["google.rpc": "GoogleRPC"]
  private var mappings = [
    ModuleMapping(path: "google/protobuf/", module: "Protobuf"),
    ModuleMapping(path: "google/rpc/", module: "Protobuf"),
  ]

  /// Reads a comma-separated list of `Name=value`.
  public init(_ text: String) throws(PluginError) {
    for part in text.split(separator: ",", omittingEmptySubsequences: true) {
      let option = String(part)
      guard let equals = option.firstIndex(of: "=") else {
        throw .badParameter(option, reason: "expected Name=value")
      }
      try set(
        String(option[..<equals]), to: String(option[option.index(after: equals)...]),
        written: option)
    }
  }

  private mutating func set(
    _ name: String, to value: String, written option: String
  ) throws(PluginError) {
    switch name {
    case "Visibility":
      guard let parsed = Visibility(rawValue: value) else {
        throw .badParameter(option, reason: "takes public, package or internal")
      }
      visibility = parsed
    case "Services":
      guard value == "true" || value == "false" else {
        throw .badParameter(option, reason: "takes true or false")
      }
      services = value == "true"
    case "Module":
      try requireIdentifier(value, in: option)
      module = value
    case "Namespace":
      let (package, swiftName) = try pair(value, in: option)
      namespaces[package] = swiftName
    case "ModuleMappings":
      let (path, module) = try pair(value, in: option)
      mappings.append(ModuleMapping(path: path, module: module))
    default:
      throw .badParameter(option, reason: "unknown; see protoc-gen-pasarela --help")
    }
  }

  /// The caseless enum that holds the code of a package: as told, else the package in camel case.
  func namespace(ofPackage package: String) -> String {
    if let told = namespaces[package] { return told }
    let parts = package.split(separator: ".").map { SwiftIdentifier.upperCamel(String($0)) }
    return parts.isEmpty ? "Unpackaged" : parts.joined()
  }

  /// The module that holds the code of a schema file; nil when it is the one being generated.
  ///
  /// The longest mapping wins, and of equal ones the last.
  func module(ofFile path: String) -> String? {
    var best: ModuleMapping?
    for mapping in mappings where mapping.covers(path) {
      if mapping.path.utf8.count >= best?.path.utf8.count ?? 0 { best = mapping }
    }
    return best?.module == module ? nil : best?.module
  }

  private func pair(
    _ value: String, in option: String
  ) throws(PluginError) -> (key: String, identifier: String) {
    guard let colon = value.lastIndex(of: ":") else {
      throw .badParameter(option, reason: "expected two parts with ':' between them")
    }
    let identifier = String(value[value.index(after: colon)...])
    try requireIdentifier(identifier, in: option)
    return (String(value[..<colon]), identifier)
  }

  private func requireIdentifier(_ text: String, in option: String) throws(PluginError) {
    guard SwiftIdentifier.isPlain(text) else {
      throw .badParameter(option, reason: "'\(text)' is no Swift identifier")
    }
  }
}

extension Parameters.ModuleMapping {
  func covers(_ file: String) -> Bool {
    path.hasSuffix("/") ? file.hasPrefix(path) : file == path
  }
}
