import Protobuf

/// The comments of one file by the path of what they stand at: field numbers of descriptor.proto
/// and indexes in turn, so `[4, 0, 2, 1]` is the second field of the first message.
struct SchemaComments {
  private var lines: [[Int32]: [String]] = [:]

  init(_ info: GoogleProtobuf.SourceCodeInfo?) {
    for location in info?.location ?? [] {
      let leading = Self.lines(of: location.leadingComments ?? "")
      let trailing = Self.lines(of: location.trailingComments ?? "")
      let separator = leading.isEmpty || trailing.isEmpty ? [] : [""]
      let all = leading + separator + trailing
      if !all.isEmpty { lines[location.path] = all }
    }
  }

  /// The note of what stands at the path.
  func note(at path: [Int32], isDeprecated: Bool?) -> SchemaNote {
    SchemaNote(comment: lines[path] ?? [], isDeprecated: isDeprecated ?? false)
  }

  /// The text of `// One.` is ` One.`: one space after the slashes is no part of it.
  private static func lines(of text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line.hasPrefix(" ") ? line.dropFirst() : line
      while line.last?.isWhitespace == true { line = line.dropLast() }
      return String(line)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    return lines
  }
}
