/// Why a message could not be written as JSON, or JSON not be read as a message.
public struct JSONError: Error, Hashable, Sendable {
  /// What is wrong, without the value: it may be somebody's name.
  public let problem: String
  /// Where, by the names in the text: `persons[2].birthDate`; empty for the whole.
  public internal(set) var path: String
  /// Line and column of a text that is no JSON, from 1; nil for what is wrong about a field.
  public let position: Position?

  /// A place in a text.
  public struct Position: Hashable, Sendable {
    /// From 1.
    public let line: Int
    /// In bytes, from 1.
    public let column: Int
  }

  init(_ problem: String, at position: Position? = nil) {
    self.problem = problem
    self.position = position
    path = ""
  }

  /// The same error, one step further out.
  func inside(_ step: String) -> JSONError {
    var error = self
    let joint = path.isEmpty || path.hasPrefix("[") ? "" : "."
    error.path = step + joint + path
    return error
  }
}

extension JSONError: CustomStringConvertible {
  /// One line: `persons[2].birthDate: must be a string`.
  public var description: String {
    if let position { return "line \(position.line), column \(position.column): \(problem)" }
    return path.isEmpty ? problem : "\(path): \(problem)"
  }
}
