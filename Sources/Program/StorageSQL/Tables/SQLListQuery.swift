import Domain
import Storage
import Synchronization

/// A list whose conditions depend on what was asked for.
///
/// The text holds placeholders only, never values, so the number of different texts is the number
/// of filter shapes; each is kept as one statement for good.
struct SQLListQuery {
  /// Whether one registration or one applicant is asked about. Then only that may lead the engine to the rows: SQLite
  /// takes any index that gives the order, be it of a whole office, and would go through all of it for a few.
  private let isNarrow: Bool
  private var conditions: [String] = []
  private(set) var values: [SQLValue] = []

  init(isNarrow: Bool = false) { self.isNarrow = isNarrow }

  /// Adds `condition`, in which `#` stands for the value's placeholder.
  mutating func require(_ condition: String, _ value: SQLValue) {
    values.append(value)
    conditions.append(condition.replacing("#", with: "$\(values.count)"))
  }

  /// Adds a condition without a value.
  mutating func require(_ condition: String) {
    conditions.append(condition)
  }

  /// `column` is one of these values, of which there is at least one.
  mutating func require(_ column: String, oneOf texts: [SQLValue]) {
    let places = texts.map { text in
      values.append(text)
      return "$\(values.count)"
    }
    conditions.append("\(column) IN (\(places.joined(separator: ", ")))")
  }

  /// A column of texts that many rows share has this value.
  mutating func require(shared column: String, _ value: SQLValue) {
    // No index has the column with nothing behind it.
    require(isNarrow ? "\(column) || '' = #" : "\(column) = #", value)
  }

  /// `column` is one of these codes; no condition when there are none.
  mutating func require(_ column: String, oneOf codes: [some RawRepresentable<Int>]) {
    if codes.isEmpty { return }
    let column = narrowed(column)
    if codes.count == 1 { return require("\(column) = #", .code(codes[0])) }
    let places = codes.map { code in
      values.append(.code(code))
      return "$\(values.count)"
    }
    conditions.append("\(column) IN (\(places.joined(separator: ", ")))")
  }

  /// The registration named by `column` is this applicant's; no condition for nil.
  ///
  /// - Parameter user: the applicant's index
  mutating func require(_ column: String, ownedBy owner: Actor?, _ user: SQLValue) {
    guard let owner else { return }
    values.append(.text(owner.partner))
    values.append(user)
    conditions.append(
      """
      \(column) IN (SELECT uid FROM registration
        WHERE owner_partner = $\(values.count - 1) AND owner_user = $\(values.count))
      """)
  }

  /// The row is behind `key` in the order of `time, uid`.
  mutating func require(
    _ time: String, after key: TimeKey<some Identifier>?, uid: String = "uid"
  ) {
    guard let key else { return }
    values.append(.instant(key.time))
    values.append(.text(key.id))
    conditions.append("(\(time), \(uid)) > ($\(values.count - 1), $\(values.count))")
  }

  /// The row is behind `key` in the order of rank and uid.
  mutating func require(_ rank: String, after key: DuplicateKey?) {
    guard let key else { return }
    values.append(.integer(key.rank))
    values.append(.text(key.id))
    conditions.append("(\(narrowed(rank)), uid) > ($\(values.count - 1), $\(values.count))")
  }

  /// A number's column, which leads to the rows only where nothing narrower does.
  func narrowed(_ column: String) -> String { isNarrow ? "+\(column)" : column }

  /// The statement for one page and one row more.
  func statement(
    select: String, order: String
  ) -> SQLStatement {
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return Self.interned("\(select)\(filter) ORDER BY \(order) LIMIT $\(values.count + 1)")
  }

  /// The values with the page's size: one row more than asked, to know whether to go on.
  func values(limit: Int) -> [SQLValue] { values + [.count(limit + 1)] }

  private static let statements = Mutex<[String: SQLStatement]>([:])

  private static func interned(_ text: String) -> SQLStatement {
    statements.withLock { statements in
      if let known = statements[text] { return known }
      let fresh = SQLStatement(text)
      statements[text] = fresh
      return fresh
    }
  }
}
