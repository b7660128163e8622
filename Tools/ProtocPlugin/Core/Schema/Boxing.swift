/// Finds the messages too large to be passed around inline, and names the box of each.
///
/// The sizes are estimates: they only have to tell a handful of fields from dozens.
struct Boxing {
  /// Four cache lines. Below, copying the fields costs less than reaching for them.
  static let inlineByteCountMax = 256

  private var messages: [SwiftType: SchemaMessage] = [:]
  private var sizes: [SwiftType: Int] = [:]

  /// Marks the large messages of all files and declares the types of their boxes.
  static func mark(_ files: inout [SchemaFile], _ types: inout TypeTable) {
    var boxing = Boxing()
    for message in files.flatMap(\.messages).flatMap(\.withNested) {
      boxing.messages[message.type] = message
    }
    for file in files.indices {
      for index in files[file].messages.indices {
        boxing.mark(&files[file].messages[index], &types)
      }
    }
  }

  private mutating func mark(_ message: inout SchemaMessage, _ types: inout TypeTable) {
    if size(ofFieldsOf: message) > Self.inlineByteCountMax {
      var properties = NameScope(reserved: ReservedNames.members)
      for name in message.fields.map(\.swiftName) + message.oneofs.map(\.swiftName) {
        _ = properties.claim(name)
      }
      var typeName = "Fields"
      while types.declares(typeName, in: message.type.scope) { typeName += "_" }
      types.declare(message.type.nested(typeName), fullName: nil)
      message.box = SchemaBox(typeName: typeName, property: properties.claim("fields"))
    }
    for index in message.messages.indices { mark(&message.messages[index], &types) }
  }

  /// What a value of the message takes up wherever it is stored: a boxed one is a reference.
  private mutating func size(of type: SwiftType) -> Int {
    if let known = sizes[type] { return known }
    guard let message = messages[type] else { return 0 }
    let fields = size(ofFieldsOf: message)
    let size = fields > Self.inlineByteCountMax ? 8 : fields
    sizes[type] = size
    return size
  }

  private mutating func size(ofFieldsOf message: SchemaMessage) -> Int {
    let unknownFields = 8
    var sum = unknownFields
    var oneofs: [Int: Int] = [:]
    for field in message.fields {
      let size = size(of: field)
      if let oneof = field.oneof {
        oneofs[oneof] = max(oneofs[oneof] ?? 0, size)
      } else {
        sum += size
      }
    }
    return sum + oneofs.values.reduce(0) { $0 + $1 + 8 }
  }

  private mutating func size(of field: SchemaField) -> Int {
    if field.isRecursive || !field.isInline { return 8 }
    let presence = field.cardinality == .explicit ? 4 : 0
    switch field.type {
    case .scalar(let scalar): return scalar.inlineSize + presence
    case .enumeration: return 8
    case .message(let type): return size(of: type)
    }
  }
}
