import Synchronization

/// One statement of the portable SQL, written once and prepared once per connection.
///
/// Parameters are `$1`, `$2`, … as PostgreSQL writes them; the SQLite engine binds them by number
/// too. Keep statements in `static let`s: each instance takes a slot in every connection's cache
/// for the life of the process, so making them in a loop would be a leak.
package final class SQLStatement: Sendable {
  /// The SQL text, one statement without a closing semicolon.
  package let text: String
  /// A dense number by which connections find their prepared form without hashing the text.
  package let number: Int
  /// Where it is written, so that a test can tell whether it has seen every one.
  package let origin: Origin

  /// A place in the sources.
  package struct Origin: Hashable, Sendable {
    /// `Module/File.swift`.
    package let file: String
    package let line: Int

    package init(file: String, line: Int) {
      self.file = file
      self.line = line
    }
  }

  /// The words in it, each once: the tables that it names are among them.
  package let words: Set<Substring>
  /// The table that it changes; nil when it only reads.
  package let changedTable: Substring?

  /// The same, and it fails unless it changes as many rows as one more parameter says; for PostgreSQL only.
  ///
  /// - Parameter count: parameters of this statement
  package func demanding(_ count: Int) -> SQLStatement {
    twin("demanding") {
      """
      WITH changed AS (\(text) RETURNING 1)
      SELECT demand_rows((SELECT COUNT(*) FROM changed), $\(count + 1))
      """
    }
  }

  /// The same, and the rows are locked against changes until the transaction ends; for PostgreSQL only.
  ///
  /// Not against references to them, which inserts make.
  package var locking: SQLStatement { twin("locking") { text + " FOR NO KEY UPDATE" } }

  /// The same, and a row that another transaction has locked is as none; for PostgreSQL only.
  package var lockingIdle: SQLStatement {
    twin("locking idle") { text + " FOR NO KEY UPDATE SKIP LOCKED" }
  }

  /// A statement made of this one, once for each `kind`.
  package func twin(_ kind: String, text make: () -> String) -> SQLStatement {
    twins.withLock { twins in
      if let kept = twins[kind] { return kept }
      let made = SQLStatement(make(), file: origin.file, line: origin.line)
      twins[kind] = made
      return made
    }
  }

  private let twins = Mutex<[String: SQLStatement]>([:])
  private static let issued = Atomic<Int>(0)

  /// Registers a statement.
  package init(_ text: String, file: String = #fileID, line: Int = #line) {
    self.text = text
    origin = Origin(file: file, line: line)
    words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") })
    changedTable = text.firstMatch(of: /(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/)?.1
    self.number = Self.issued.wrappingAdd(1, ordering: .relaxed).oldValue
  }
}
