/// All types of a request by their schema names, and what each Swift scope declares.
struct TypeTable {
  private var types: [String: SwiftType] = [:]
  private var zeroCases: [SwiftType: String] = [:]
  private var declared: [LexicalScope: Set<String>] = [:]

  /// Notes a type; `fullName` is nil for types the schema has no name for, like a oneof's enum.
  mutating func declare(_ type: SwiftType, fullName: String?) {
    if let fullName { types[fullName] = type }
    let parent = LexicalScope(namespace: type.namespace, path: Array(type.path.dropLast()))
    declared[parent, default: []].insert(type.name)
  }

  /// Notes what an absent value of an enum reads as.
  mutating func declare(zeroCase: String, of type: SwiftType) {
    zeroCases[type] = zeroCase
  }

  func zeroCase(of type: SwiftType) throws(PluginError) -> String {
    guard let name = zeroCases[type] else { throw .malformed("\(type.qualified) is no enum") }
    return name
  }

  /// Looks up `.safemobility.v1.Office`, as descriptors write type names.
  func find(_ typeName: String) throws(PluginError) -> SwiftType {
    let fullName = typeName.hasPrefix(".") ? String(typeName.dropFirst()) : typeName
    guard let type = types[fullName] else {
      throw .malformed("type \(fullName) is not in the request")
    }
    return type
  }

  /// The shortest spelling of a type that Swift's lookup, which goes from the innermost braces
  /// outwards, resolves to it.
  func spelling(of type: SwiftType, in scope: LexicalScope) -> String {
    if type.namespace == scope.namespace {
      for count in stride(from: type.path.count - 1, through: 0, by: -1) {
        let enclosing = Array(type.path[..<count])
        guard scope.path.starts(with: enclosing) else { continue }
        let inner = (count + 1)..<(scope.path.count + 1)
        let isHidden = inner.contains { depth in
          declares(type.path[count], in: scope.outer(depth))
        }
        if !isHidden { return type.path[count...].joined(separator: ".") }
      }
    }
    if isVisible(type.namespace, from: scope) { return type.qualified }
    return type.module.map { "\($0).\(type.qualified)" } ?? type.qualified
  }

  /// A name of the runtime, with its module in front where the schema has a type of that name.
  func spelling(ofRuntime name: String, module: String, in scope: LexicalScope) -> String {
    isVisible(name, from: scope) ? name : "\(module).\(name)"
  }

  /// Whether the braces of the scope declare a type of this name.
  func declares(_ name: String, in scope: LexicalScope) -> Bool {
    declared[scope]?.contains(name) ?? false
  }

  private func isVisible(_ name: String, from scope: LexicalScope) -> Bool {
    !(0...scope.path.count).contains { depth in
      declares(name, in: scope.outer(depth))
    }
  }
}
