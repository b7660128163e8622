/// Finds the fields whose messages would contain themselves if stored inline.
///
/// Only singular fields count: arrays and dictionaries keep their elements elsewhere. A field is
/// marked when its message and the message it is in can reach each other. Cycles across files
/// cannot be: a file is imported before it is used.
enum SelfContainment {
  static func mark(_ files: inout [SchemaFile]) {
    for index in files.indices {
      var edges: [SwiftType: Set<SwiftType>] = [:]
      for message in files[index].messages.flatMap(\.withNested) {
        edges[message.type] = Set(message.fields.filter(\.isInline).compactMap(\.type.message))
      }
      let reach = edges.keys.reduce(into: [:]) { result, type in
        result[type] = reachable(from: type, by: edges)
      }
      for position in files[index].messages.indices {
        mark(&files[index].messages[position], reach)
      }
    }
  }

  private static func mark(_ message: inout SchemaMessage, _ reach: [SwiftType: Set<SwiftType>]) {
    for index in message.fields.indices where message.fields[index].isInline {
      guard let target = message.fields[index].type.message else { continue }
      message.fields[index].isRecursive = reach[target]?.contains(message.type) ?? false
    }
    for index in message.messages.indices { mark(&message.messages[index], reach) }
  }

  private static func reachable(
    from start: SwiftType, by edges: [SwiftType: Set<SwiftType>]
  ) -> Set<SwiftType> {
    var found: Set<SwiftType> = []
    var open = Array(edges[start] ?? [])
    while let type = open.popLast() {
      if found.insert(type).inserted { open += edges[type] ?? [] }
    }
    return found
  }
}

extension SchemaField {
  /// Stored in the struct itself.
  var isInline: Bool { cardinality == .implicit || cardinality == .explicit }
}
