import Domain
import Protobuf
import SafeMobilityAPI

/// What the schema says about one method, in the words of the domain.
struct MethodRule: Sendable {
  /// The roles that may call it.
  let roles: Set<Role>
  /// The roles that may be the second person of its two-person move; empty for the same as the first.
  let approverRoles: Set<Role>
  /// The purposes it may be called for; empty for any.
  let purposes: Set<Purpose>
  /// Everybody may call, known or not.
  let isAnonymous: Bool
  /// The answer may hold personal data, so its disclosure is in the log before it leaves.
  let disclosesPersonalData: Bool
  /// The method changes something, so it has a `request_id`.
  let isChange: Bool

  /// - Throws: ``SchemaDefect`` for a number that this build has no name for: dropped, it could leave
  ///   an empty set, which means everybody or everything
  init(access: SafeMobility.AccessRule, isChange: Bool) throws {
    roles = try Self.known(access.roles)
    approverRoles = try Self.known(access.twoPerson?.approverRoles ?? [])
    purposes = try Self.known(access.purposes)
    isAnonymous = access.anonymous
    disclosesPersonalData = access.personalData
    self.isChange = isChange
  }
}

extension MethodRule {
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

  /// Whether the method may be called for a purpose of the caller's partner.
  func admits(_ purpose: Purpose) -> Bool {
    guard purposes.isEmpty else { return purposes.contains(purpose) }
    return purpose.concernsPeople || !disclosesPersonalData
  }

  /// Whether a role may call the method at all, as first person or as second.
  func admits(_ role: Role) -> Bool { roles.contains(role) || approverRoles.contains(role) }

  /// Whether a role may be the second person.
  func admitsSecond(_ role: Role) -> Bool {
    approverRoles.isEmpty ? roles.contains(role) : approverRoles.contains(role)
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
