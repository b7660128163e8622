/// Why a message could not be written as JSON, or JSON not be read as a message.
public struct JSONError: Error, Hashable, Sendable {
  /// What is wrong, without the value: it may be somebody's name.
  public let problem: String
  /// Where, by the names in the text: `persons[2].birthDate`; empty for the whole, and for a text
  /// that is no JSON.
  public internal(set) var path: String
  /// Where in the text that was read: the byte that is no JSON; else the beginning of the value that
  /// does not fit, or of the name of a member that must not be there. A member or a key that is
  /// there twice is pointed to where it comes again.
  ///
  /// `nil` when a message is written, and for a text over the limit of bytes.
  public internal(set) var position: Position?

  /// The way to the place, while the error comes out of the tree; see ``JSONLocator``.
  private(set) var steps: [JSONStep] = []

  init(_ problem: String, at position: Position? = nil) {
    self.problem = problem
    self.position = position
    path = ""
  }

  /// The same error, one step further out.
  func inside(_ name: String, _ step: JSONStep? = nil) -> JSONError {
    var error = self
    let joint = path.isEmpty || path.hasPrefix("[") ? "" : "."
    error.path = name + joint + path
    if let step { error.steps.insert(step, at: 0) }
    return error
  }

  /// The same error at the end of its way, with the position there.
  ///
  /// - Parameter bytes: the text that was read.
  func located(in bytes: [UInt8]) -> JSONError {
    var error = self
    error.position = JSONLocator.position(of: steps, in: bytes)
    error.steps = []
    return error
  }
}

extension JSONError {
  /// A place in a text.
  public struct Position: Hashable, Sendable {
    /// From 1.
    public let line: Int
    /// In bytes, from 1.
    public let column: Int

    /// The place of a byte, which costs a look at every byte before it.
    init(of index: Int, in bytes: [UInt8]) {
      let before = bytes.prefix(index)
      line = before.count { $0 == 0x0A } + 1
      column = index - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    }
  }
}

extension JSONError: CustomStringConvertible {
  /// One line: `line 3, column 16: persons[2].birthDate: must be a string`.
  public var description: String {
    let place = position.map { "line \($0.line), column \($0.column): " } ?? ""
    return place + (path.isEmpty ? problem : "\(path): \(problem)")
  }
}
