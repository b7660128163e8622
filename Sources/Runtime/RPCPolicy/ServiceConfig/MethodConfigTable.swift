internal import RPCCore

/// The method configs of a service config, found by method, then by service, then the one for all
/// (gRFC A2; `service_config.proto`, "MethodConfig.Name").
struct MethodConfigTable: Hashable, Sendable {
  /// By path, "/pkg.Service/Method", which a descriptor holds ready.
  private var methods: [String: MethodConfig] = [:]
  private var services: [String: MethodConfig] = [:]
  private var all: MethodConfig?
  private static let none = MethodConfig()

  var isEmpty: Bool { methods.isEmpty && services.isEmpty && all == nil }

  func config(for method: MethodDescriptor) -> MethodConfig {
    // Most configs name no single method, and most programs have no config: then nothing is hashed.
    if !methods.isEmpty, let config = methods[method.path] { return config }
    if !services.isEmpty, let config = services[method.service] { return config }
    return all ?? Self.none
  }
}

extension MethodConfigTable {
  /// Reads the array `methodConfig`. An entry without a name is checked and applies to nothing.
  init(_ node: ConfigNode) throws(ServiceConfigError) {
    for item in try node.items() {
      let config = try MethodConfig(item)
      guard let names = try item.member("name") else { continue }
      for name in try names.items() { try enter(config, under: name) }
    }
  }

  private mutating func enter(
    _ config: MethodConfig, under name: ConfigNode
  ) throws(ServiceConfigError) {
    // Absent and empty are the same, as in proto3.
    let service = try name.member("service")?.text() ?? ""
    let method = try name.member("method")?.text() ?? ""
    let isTaken: Bool
    switch (service.isEmpty, method.isEmpty) {
    case (true, false): throw name.error("must have a service when it has a method")
    case (true, true):
      isTaken = all != nil
      all = config
    case (false, true): isTaken = services.updateValue(config, forKey: service) != nil
    case (false, false):
      isTaken = methods.updateValue(config, forKey: "/\(service)/\(method)") != nil
    }
    if isTaken { throw name.error("must not be the name of another entry too") }
  }
}
