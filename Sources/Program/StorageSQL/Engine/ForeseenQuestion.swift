/// A question that a unit is going to ask, some of whose values are not known yet: they are columns of ``ForeseenKeys``,
/// which the database looks up itself.
///
/// So a whole chain, from a hold to its slot, to the slot's service, to the service's office, is one round trip.
package struct ForeseenQuestion: Sendable {
  /// One value of the statement.
  package enum Argument: Hashable, Sendable {
    /// A value that is known.
    case value(SQLValue)
    /// A column of the keys, counted from 0.
    case key(Int)
  }

  /// The statement as it will be asked.
  package let statement: SQLStatement
  /// Its values, in order.
  package let arguments: [Argument]

  package init(_ statement: SQLStatement, _ arguments: Argument...) {
    self.statement = statement
    self.arguments = arguments
  }

  /// A question of which everything is known.
  package init(_ statement: SQLStatement, _ values: [SQLValue]) {
    self.statement = statement
    arguments = values.map { .value($0) }
  }

  /// The statement that can be asked now, and its values.
  package func asked(by keys: ForeseenKeys?) -> (statement: SQLStatement, values: [SQLValue]) {
    let known = arguments.compactMap { argument -> SQLValue? in
      if case .value(let value) = argument { value } else { nil }
    }
    guard let keys, known.count < arguments.count else { return (statement, known) }
    return (statement.looking(up: arguments, by: keys), keys.values + known)
  }
}

/// The one row, or none, in which further values of questions are found.
///
/// Columns that never change while the row is there, because each question looks them up for itself: which slot a hold
/// is of, not how long it lasts.
package struct ForeseenKeys: Sendable {
  /// What finds the row.
  package let statement: SQLStatement
  /// The statement's values.
  package let values: [SQLValue]
  /// The columns of the row.
  package let columnCount: Int

  package init(_ statement: SQLStatement, _ values: [SQLValue], columnCount: Int) {
    self.statement = statement
    self.values = values
    self.columnCount = columnCount
  }
}

extension SQLStatement {
  /// The same, but that some of its values are looked up.
  ///
  /// Its parameters are the keys' own, then those of this statement that are known.
  fileprivate func looking(
    up arguments: [ForeseenQuestion.Argument], by keys: ForeseenKeys
  ) -> SQLStatement {
    let pattern = arguments.map { argument in
      if case .key(let column) = argument { "k\(column)" } else { "v" }
    }
    return twin("keys \(keys.statement.number): \(pattern.joined())") {
      var places: [String] = []
      var number = keys.values.count
      for argument in arguments {
        switch argument {
        case .key(let column): places.append("(SELECT k\(column) FROM k)")
        case .value:
          number += 1
          places.append("$\(number)")
        }
      }
      let columns = (0..<keys.columnCount).map { "k\($0)" }.joined(separator: ", ")
      let question = text.replacing(/\$(\d+)/) { match in
        // A statement's parameters are numbered from 1.
        Int(match.1).map { places[$0 - 1] } ?? ""
      }
      return "WITH k(\(columns)) AS MATERIALIZED (\(keys.statement.text)) \(question)"
    }
  }
}
