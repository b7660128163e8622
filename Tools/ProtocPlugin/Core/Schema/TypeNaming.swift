import Protobuf

/// A message after the first pass: its type is named, its fields are not yet read.
struct NamedMessage {
  var type: SwiftType
  var fullName: String
  var note: SchemaNote
  var path: [Int32]
  var oneofs: [SchemaOneof]
  var enums: [SchemaEnum]
  /// Nil stands for the entry of a map, which has no type of its own.
  var messages: [NamedMessage?]
}

/// The first pass over one file: gives every type its Swift name.
///
/// Within one scope earlier declarations keep their names; enums come after messages and before
/// oneofs.
struct TypeNaming {
  var types: TypeTable
  let comments: SchemaComments
  let isProto3: Bool
  let path: String

  /// The scope inside a namespace or type. The namespace's own name stays free, because it is how
  /// types are spelled in full.
  static func scope(in type: SwiftType) -> NameScope {
    NameScope(reserved: ReservedNames.types.union([type.namespace]))
  }

  mutating func name(
    _ message: GoogleProtobuf.DescriptorProto, in parent: SwiftType, prefix: String,
    at path: [Int32], scope: inout NameScope
  ) throws(PluginError) -> NamedMessage {
    let protoName = message.name ?? ""
    let type = parent.nested(scope.claim(SwiftIdentifier.upperCamel(protoName)))
    let fullName = prefix + protoName
    types.declare(type, fullName: fullName)

    var inner = Self.scope(in: type)
    var messages: [NamedMessage?] = []
    for (index, nested) in message.nestedType.enumerated() {
      if nested.options?.mapEntry == true {
        messages.append(nil)
        continue
      }
      messages.append(
        try name(
          nested, in: type, prefix: fullName + ".", at: path + [3, Int32(index)], scope: &inner))
    }
    var enums: [SchemaEnum] = []
    for (index, enumeration) in message.enumType.enumerated() {
      enums.append(
        try name(
          enumeration, in: type, prefix: fullName + ".", at: path + [4, Int32(index)],
          scope: &inner))
    }
    return NamedMessage(
      type: type, fullName: fullName,
      note: comments.note(at: path, isDeprecated: message.options?.deprecated), path: path,
      oneofs: name(oneofsOf: message, in: type, at: path, scope: &inner), enums: enums,
      messages: messages)
  }

  mutating func name(
    _ enumeration: GoogleProtobuf.EnumDescriptorProto, in parent: SwiftType, prefix: String,
    at path: [Int32], scope: inout NameScope
  ) throws(PluginError) -> SchemaEnum {
    let protoName = enumeration.name ?? ""
    let type = parent.nested(scope.claim(SwiftIdentifier.upperCamel(protoName)))
    let fullName = prefix + protoName
    types.declare(type, fullName: fullName)

    let valuePrefix = SwiftIdentifier.screamingSnake(protoName) + "_"
    var cases = NameScope(reserved: ReservedNames.cases)
    var firstNames: [Int32: String] = [:]
    var values: [SchemaEnumValue] = []
    for (index, value) in enumeration.value.enumerated() {
      let number = value.number ?? 0
      let name = cases.claim(Self.caseName(of: value.name ?? "", without: valuePrefix))
      values.append(
        SchemaEnumValue(
          protoName: value.name ?? "", caseName: name, number: number,
          note: comments.note(
            at: path + [2, Int32(index)], isDeprecated: value.options?.deprecated),
          aliasOf: firstNames[number]))
      if firstNames[number] == nil { firstNames[number] = name }
    }
    guard let first = values.first else {
      throw .unsupported(file: self.path, construct: "enum \(fullName) has no values")
    }
    types.declare(zeroCase: firstNames[0] ?? first.caseName, of: type)
    return SchemaEnum(
      protoName: protoName, fullName: fullName, type: type,
      note: comments.note(at: path, isDeprecated: enumeration.options?.deprecated), values: values)
  }

  /// `STATE_OPEN` of `State` becomes `open`; a rest that begins with a digit keeps the prefix.
  private static func caseName(of value: String, without prefix: String) -> String {
    let rest = value.dropFirst(prefix.count)
    if value.uppercased().hasPrefix(prefix), rest.first?.isLetter == true {
      return SwiftIdentifier.lowerCamel(String(rest))
    }
    return SwiftIdentifier.lowerCamel(value)
  }

  /// proto3 `optional` fields come with a oneof of their own, always behind the real ones.
  private mutating func name(
    oneofsOf message: GoogleProtobuf.DescriptorProto, in type: SwiftType, at path: [Int32],
    scope: inout NameScope
  ) -> [SchemaOneof] {
    let synthetic = Set(message.field.filter { $0.proto3Optional == true }.map(\.oneofIndex))
    var oneofs: [SchemaOneof] = []
    for (index, oneof) in message.oneofDecl.enumerated()
    where !synthetic.contains(Int32(index)) {
      let protoName = oneof.name ?? ""
      let enumType = type.nested(scope.claim(SwiftIdentifier.upperCamel(protoName)))
      types.declare(enumType, fullName: nil)
      var cases = NameScope(reserved: ReservedNames.oneofCases)
      let members = message.field.filter { $0.oneofIndex == Int32(index) }
      var caseNames: [Int32: String] = [:]
      for member in members {
        caseNames[member.number ?? 0] = cases.claim(SwiftIdentifier.lowerCamel(member.name ?? ""))
      }
      oneofs.append(
        SchemaOneof(
          protoName: protoName, swiftName: "", type: enumType,
          note: comments.note(at: path + [8, Int32(index)], isDeprecated: false),
          caseNames: caseNames))
    }
    return oneofs
  }
}
