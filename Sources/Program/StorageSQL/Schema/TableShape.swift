/// A table as the schema makes it: what copying it needs to know.
struct TableShape: Sendable {
  enum Kind: String {
    case text = "TEXT"
    case integer = "BIGINT"
    case bytes = "BYTEA"
  }

  struct Column: Sendable {
    var name: String
    var kind: Kind
  }

  var name: String
  var columns: [Column]
  /// The columns of the primary key, by which rows are in order.
  var key: [String]

  /// Reads a CREATE TABLE of ours; nil for any other statement.
  init?(_ statement: String) {
    let words = statement.split { " \n(".contains($0) }
    guard words.count > 2, words[0] == "CREATE", words[1] == "TABLE",
      let open = statement.firstIndex(of: "("), let close = statement.lastIndex(of: ")")
    else { return nil }
    name = String(words[2])
    columns = []
    key = []
    for part in Self.parts(statement[statement.index(after: open)..<close]) {
      let words = part.split { " \n,()".contains($0) }.map(String.init)
      if words.first == "PRIMARY" {
        key = Array(words.dropFirst(2))
      } else if words.count > 1, let kind = Kind(rawValue: words[1]) {
        columns.append(Column(name: words[0], kind: kind))
        if part.contains("PRIMARY KEY") { key = [words[0]] }
      }
    }
  }

  /// Takes over what a later step adds to a table of those that there are, or takes from it.
  private static func alter(_ tables: inout [TableShape], by statement: String) {
    let words = statement.split { " \n".contains($0) }.map(String.init)
    guard words.starts(with: ["ALTER", "TABLE"]), words.count > 5,
      let index = tables.firstIndex(where: { $0.name == words[2] })
    else { return }
    switch words[3...4] {
    case ["ADD", "COLUMN"]:
      guard words.count > 6, let kind = Kind(rawValue: words[6]) else { return }
      tables[index].columns.append(Column(name: words[5], kind: kind))
    case ["DROP", "COLUMN"]: tables[index].columns.removeAll { $0.name == words[5] }
    default: return
    }
  }

  /// The tables that these statements leave, in the order in which they are made.
  static func all(in statements: [String]) -> [TableShape] {
    statements.reduce(into: []) { tables, statement in
      if let table = TableShape(statement) {
        tables.append(table)
      } else {
        alter(&tables, by: statement)
      }
    }
  }

  /// What stands between the commas that are in no parentheses.
  private static func parts(_ text: Substring) -> [Substring] {
    var depth = 0
    return text.split { character in
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      return character == "," && depth == 0
    }
  }
}

extension Schema {
  /// Every table, those that others refer to first.
  static let tables = TableShape.all(in: migrations.flatMap(\.statements))
}
