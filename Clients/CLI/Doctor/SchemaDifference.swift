import Protobuf
import RPCCore

/// Where a server's schema of the programme is another than the one that was compiled in.
struct SchemaDifference {
  /// What only the server has, and what only this program has; each with how it is declared.
  let onlyThere: [String]
  let onlyHere: [String]
  /// How many declarations are alike.
  let sameCount: Int

  private static let package = "safemobility."

  /// nil when the server has nothing of the programme's.
  init?(told: ToolSchema, compiled: ToolSchema) {
    let services = Set(told.services.filter { $0.hasPrefix(Self.package) })
    guard !services.isEmpty else { return nil }
    let there = Self.declarations(of: told, services)
    let here = Self.declarations(of: compiled, services)
    onlyThere = there.subtracting(here).sorted()
    onlyHere = here.subtracting(there).sorted()
    sameCount = there.intersection(here).count
  }

  /// The methods of the services, and the fields of all that they use.
  private static func declarations(
    of schema: ToolSchema, _ services: Set<String>
  ) -> Set<String> {
    var found: Set<String> = []
    var seen: Set<String> = []
    var next: [MessageDescriptor] = []
    for method in schema.methods where services.contains(method.descriptor.service) {
      let name = "\(method.descriptor.service)/\(method.descriptor.method)"
      found.insert(
        "\(name), \(method.descriptor.kind.words), \(method.request.fullName) → "
          + method.response.fullName)
      next += [method.request, method.response]
    }
    while let message = next.popLast() {
      guard seen.insert(message.fullName).inserted else { continue }
      for field in message.fields {
        let type = field.type.messageDescriptor
        let repeated = field.isRepeated ? "repeated " : ""
        let kind = type?.fullName ?? field.type.enumDescriptor?.fullName ?? "\(field.type)"
        found.insert("\(message.fullName).\(field.name), \(repeated)\(kind) = \(field.number)")
        if let type { next.append(type) }
      }
    }
    return found
  }
}
