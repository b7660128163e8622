import Domain
import Protobuf
import SafeMobilityAPI

extension MethodRule {
  /// What the schema says about one method.
  ///
  /// - Throws: ``SchemaDefect`` for a number that this build has no name for: dropped, it could leave
  ///   an empty set, which means everybody or everything
  init(access: SafeMobility.AccessRule, isChange: Bool) throws {
    self.init(
      roles: try Self.known(access.roles),
      approverRoles: try Self.known(access.twoPerson?.approverRoles ?? []),
      purposes: try Self.known(access.purposes), isAnonymous: access.anonymous,
      disclosesPersonalData: access.personalData, isChange: isChange)
  }

  private static func known<Value: RawRepresentable<Int>>(
    _ numbers: [some OpenEnum]
  ) throws -> Set<Value> {
    try Set(
      numbers.map { number in
        guard let value = Value(rawValue: Int(number.rawValue)) else {
          throw SchemaDefect(
            description: "an access rule names \(number.rawValue), which is unknown")
        }
        return value
      })
  }
}

/// The access rules of every method, read from the annotations of the schema itself.
///
/// A schema in which a method lacks its rule is refused whole: a method that nobody thought about
/// must not be served (default deny begins at the build).
struct MethodRules: Sendable {
  /// The number of the `access` option in annotations.proto.
  private static let accessExtension = 50001

  private let byName: [String: MethodRule]

  /// Reads the annotations of all services in `files`.
  init(files: [FileDescriptor] = SafeMobility.fileDescriptors) throws {
    var byName: [String: MethodRule] = [:]
    for file in files {
      let proto = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      for service in proto.service {
        for method in service.method {
          let name = "\(file.package).\(service.name ?? "")/\(method.name ?? "")"
          byName[name] = try Self.rule(of: method, named: name)
        }
      }
    }
    self.byName = byName
  }

  private static func rule(
    of method: GoogleProtobuf.MethodDescriptorProto, named name: String
  ) throws -> MethodRule {
    let options = method.options ?? GoogleProtobuf.MethodOptions()
    guard
      let access = try options.unknownFields.message(
        accessExtension, as: SafeMobility.AccessRule.self),
      access.anonymous || !access.roles.isEmpty
    else {
      throw SchemaDefect(description: "\(name) has no access rule in the schema")
    }
    return try MethodRule(access: access, isChange: options.idempotencyLevel == .idempotent)
  }

  /// The rule of `pkg.Service/Method`; nil for a method of another schema.
  subscript(fullName: String) -> MethodRule? { byName[fullName] }

  /// Every method's full name, sorted.
  var names: [String] { byName.keys.sorted() }
}

/// The compiled schema breaks a promise this program builds on; it must not start.
struct SchemaDefect: Error, CustomStringConvertible {
  let description: String
}
