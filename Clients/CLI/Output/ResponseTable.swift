import Protobuf

/// Shows a response to a person: lists as tables, single resources as names and values.
enum ResponseTable {
  /// Fields of a list's items that would only fill the line.
  private static let quiet: Set<String> = [
    "uid", "create_time", "update_time", "etag", "redacted_paths",
  ]

  static func text(of response: borrowing MessageView) throws -> String {
    var parts: [String] = []
    for field in response.presentFields {
      if field.isRepeated, field.type.isMessage {
        parts.append(try list(field, in: response))
      } else if field.type.isMessage {
        let part = try response.withMessage(field) { try single($0, titled: field.name) }
        parts.append(part ?? "")
      } else {
        parts.append("\(field.name)  \(try FieldText.text(of: field, in: response))")
      }
    }
    return parts.isEmpty ? "(nothing)" : parts.joined(separator: "\n\n")
  }

  private static func list(
    _ field: FieldDescriptor, in view: borrowing MessageView
  ) throws -> String {
    var rows: [[String: String]] = []
    var columns: [String] = []
    for index in 0..<view.count(field) {
      _ = try view.withMessage(field, at: index) { item in
        var row: [String: String] = [:]
        for column in item.presentFields
        where !quiet.contains(column.name) && !(column.isRepeated && column.type.isMessage) {
          row[column.name] = try FieldText.text(of: column, in: item)
        }
        columns += item.descriptor.fields.map(\.name)
          .filter { row[$0] != nil && !columns.contains($0) }
        rows.append(row)
      }
    }
    let order = Array(columns.prefix(8))
    return Table(
      header: order.map { $0.uppercased() }, rows: rows.map { row in order.map { row[$0] ?? "" } }
    ).text
  }

  private static func single(
    _ view: borrowing MessageView, titled title: String
  ) throws -> String {
    var rows: [[String]] = []
    try FieldText.flatten(view, prefix: "", into: &rows)
    return title.uppercased() + "\n" + Table(header: nil, rows: rows).text
  }
}
