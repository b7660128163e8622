/// A generated type: where its code lives.
struct SwiftType: Hashable {
  /// The module to import; nil for the one being generated.
  var module: String?
  var namespace: String
  /// From the namespace inwards: `["Referral", "State"]`.
  var path: [String]

  var name: String { path.last ?? namespace }

  /// `SafeMobility.Referral.State`, right everywhere.
  var qualified: String { ([namespace] + path).joined(separator: ".") }

  /// The scope inside the type's braces.
  var scope: LexicalScope { LexicalScope(namespace: namespace, path: path) }

  func nested(_ name: String) -> SwiftType {
    SwiftType(module: module, namespace: namespace, path: path + [name])
  }
}

/// Where in the generated source a name is written: inside the braces of these types.
struct LexicalScope: Hashable {
  var namespace: String
  var path: [String]

  /// The enclosing scope that is `depth` types deep in the namespace.
  func outer(_ depth: Int) -> LexicalScope {
    LexicalScope(namespace: namespace, path: Array(path.prefix(depth)))
  }
}
