import Foundation
import Protobuf

/// An answer on its way to standard output.
struct Answer<Response: Protobuf.Message> {
  private let response: Response
  private let format: OutputFormat

  init(_ response: Response, _ format: OutputFormat?) {
    self.response = response
    self.format = format ?? (Diagnostics.isTerminal ? .table : .json)
  }

  func write() throws {
    FileHandle.standardOutput.write(Data((try text() + "\n").utf8))
  }

  /// The answer as text: canonical JSON, or a table of what it holds.
  func text() throws -> String {
    switch format {
    case .json:
      var options = JSONEncodingOptions()
      options.pretty = true
      return try response.jsonString(options: options)
    case .table:
      return try response.withView { try ResponseTable.text(of: $0) }
    }
  }
}
