/// Names a schema may use and Swift, or the generated code around them, needs for itself.
package enum ReservedNames {
  /// Words that need back-ticks where they are declared.
  /// The Swift Programming Language, "Keywords and Punctuation".
  package static let keywords: Set<String> = [
    "as", "associatedtype", "await", "borrowing", "break", "case", "catch", "class", "consuming",
    "continue", "default", "defer", "deinit", "do", "each", "else", "enum", "extension",
    "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "inout",
    "internal", "is", "let", "nil", "operator", "package", "precedencegroup", "private",
    "protocol", "public", "repeat", "rethrows", "return", "static", "struct", "subscript",
    "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    "Any", "Self", "self", "init",
  ]

  /// Types generated code writes unqualified, and those with a meaning of their own after a dot.
  static let types: Set<String> = [
    "Any", "Array", "Bool", "Dictionary", "Double", "Error", "Float", "Hashable", "Int", "Int32",
    "Int64", "Never", "Optional", "Protobuf", "Protocol", "RPCCore", "Result", "Self", "Sendable",
    "Set", "String", "Swift", "Type", "UInt32", "UInt64", "UInt8", "Void",
  ]

  /// Members of every message: `x.self` and `x.init` mean something else, the rest are
  /// requirements of `Message`, `FieldValue` and `Hashable`, or their extensions. A field
  /// `is_default` that kept its name would silently take over what the encoder asks.
  static let members: Set<String> = [
    "self", "init", "descriptor", "hash", "hashValue", "imageByteCount", "isDefault", "jsonString",
    "serialize", "serializedBytes", "store", "unknownFields", "visitFields", "with", "withView",
    "write",
  ]

  /// Members of every enum. `none` and `some` would be read as cases of `Optional` wherever the
  /// value is optional: `office.state = .none` would clear the field.
  static let cases: Set<String> = [
    "self", "init", "none", "some", "unrecognized", "rawValue", "hashValue", "hash", "descriptor",
    "imageByteCount", "isDefault", "store",
  ]

  /// Members of the enum of a oneof, with the same care for `none` and `some`.
  static let oneofCases: Set<String> = ["self", "init", "none", "some", "hashValue", "hash"]

  /// Members of a generated service protocol and client, beside its methods.
  static let methods: Set<String> = ["self", "init", "methods", "serviceName", "client", "all"]
}
