/// The questions of one transaction that were sent before anybody asked them, and their answers.
struct ForeseenAnswers {
  private struct Entry {
    var question: ForeseenQuestion
    /// The entry in whose answer its keys are.
    var keys: Int?
    var answer: PostgresResult?
    /// Something that the statement names was changed behind it.
    var isStale = false
  }

  private var entries: [Entry] = []

  /// Expects an answer.
  ///
  /// - Parameter keys: the number of the question that finds its keys
  /// - Returns: the question's number
  mutating func expect(_ question: ForeseenQuestion, by keys: Int?) -> Int {
    entries.append(Entry(question: question, keys: keys))
    return entries.count - 1
  }

  /// Whether the same is expected already, or known.
  func includes(_ question: ForeseenQuestion) -> Bool {
    entries.contains { entry in
      !entry.isStale && entry.keys == nil && entry.question.statement === question.statement
        && entry.question.arguments == question.arguments
    }
  }

  /// Keeps the answer to the question of that number.
  mutating func take(_ answer: PostgresResult, as number: Int) { entries[number].answer = answer }

  /// Whether a question with this statement was sent whose answer has not come.
  func awaits(_ statement: SQLStatement) -> Bool {
    entries.contains { entry in
      entry.answer == nil && !entry.isStale && entry.question.statement === statement
    }
  }

  /// The answer to a statement with these values; nil when it must be asked.
  func answer(to statement: SQLStatement, _ values: [SQLValue]) -> PostgresResult? {
    entries.last { entry in
      !entry.isStale && entry.question.statement === statement
        && zip(entry.question.arguments, values).allSatisfy { agrees($0, $1, entry) }
    }?.answer
  }

  /// No longer gives answers that this statement, which is run now, may have made untrue.
  mutating func forget(changedBy statement: SQLStatement) {
    guard let table = statement.changedTable else { return }
    for index in entries.indices
    where entries[index].question.statement.words.contains(table) {
      entries[index].isStale = true
    }
  }

  private func agrees(
    _ argument: ForeseenQuestion.Argument, _ value: SQLValue, _ entry: Entry
  ) -> Bool {
    switch argument {
    case .value(let known): return known == value
    case .key(let column):
      guard let keys = entry.keys.flatMap({ entries[$0].answer }), keys.rowCount == 1 else {
        return false
      }
      keys.row = 0
      return keys.holds(value, in: column)
    }
  }
}

extension PostgresResult {
  /// Whether a column of the row is this value.
  fileprivate func holds(_ value: SQLValue, in column: Int) -> Bool {
    switch value {
    case .null: isNull(column)
    case .integer(let integer): !isNull(column) && self.integer(column) == integer
    case .text(let text): !isNull(column) && self.text(column) == text
    case .bytes(let bytes): !isNull(column) && self.bytes(column) == bytes
    }
  }
}
