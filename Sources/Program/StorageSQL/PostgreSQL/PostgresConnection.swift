import CPostgres

/// One PostgreSQL connection speaking the seam's language.
///
/// What needs no answer is only queued, and goes out together with the next question; so a unit that reads once and
/// then writes costs two round trips, however many statements it has:
///
///     BEGIN, SELECT …  ──▶  answers        INSERT, INSERT, COMMIT  ──▶  answers
///
/// Not `Sendable`: used by one worker.
final class PostgresConnection: SQLConnection {
  private enum Preparation { case none, sent, ready }

  /// A command whose results are still to be read.
  private enum Pending {
    case prepare(Int)
    /// Nobody waits for its answer.
    case command
    /// Somebody will ask for its answer, by its number among those foreseen.
    case foreseen(Int)
    /// The caller waits for its answer.
    case question
  }

  private let link: PostgresLink
  private var prepared: [Preparation] = []
  private var pending: [Pending] = []
  private var foreseen = ForeseenAnswers()
  /// Why the transaction cannot go on; the server refuses all that follows in it.
  private(set) var failure: SQLFailure?
  /// Whether the failure is one of a statement that was only told.
  private var hasFailedLate = false
  private(set) var isDeferring = true
  /// An answer did not come in time.
  private(set) var hasTimedOut = false
  /// Nothing more can be said on it.
  private(set) var isBroken = false

  init(_ link: PostgresLink) { self.link = link }

  /// Round trips since it was made.
  var roundTripCount: Int { link.roundTripCount }

  /// Whether the unit may see something else when each statement is judged in its place; whoever has waited too long
  /// would only wait again.
  var isWorthJudging: Bool { hasFailedLate && failure != .busy }

  // MARK: Transactions

  /// Begins a transaction; goes out with the first question in it.
  ///
  /// - Parameter isDeferring: whether what is told is only queued
  func begin(_ kind: TransactionKind, isDeferring: Bool = true) throws(SQLFailure) {
    self.isDeferring = isDeferring
    foreseen = ForeseenAnswers()
    failure = nil
    hasFailedLate = false
    try queue { () throws(SQLFailure) in try link.sendOnce(kind.rawValue) }
  }

  /// Makes the transaction durable.
  ///
  /// - Throws: what one of its statements failed with; `unavailable` when the server's answer did not come, and then
  ///   nobody knows whether it is durable
  func commit() throws(SQLFailure) {
    defer { foreseen = ForeseenAnswers() }
    let result = try ask { () throws(SQLFailure) in try link.sendOnce("COMMIT") }
    // The server answers ROLLBACK to the COMMIT of a transaction that has failed.
    guard result.command == "COMMIT" else {
      throw failure ?? .statement("COMMIT was answered \(result.command)")
    }
  }

  /// Undoes the transaction; afterwards ``failure`` knows of everything that was queued in it.
  func rollback() {
    if isBroken { return }
    // What is noticed only now was told before.
    let first = failure
    failure = nil
    let result = try? sendRollback()
    let found = failure
    // Behind a queued statement that failed it was not run.
    if let result, result.status == PGRES_PIPELINE_ABORTED { _ = try? sendRollback() }
    failure = first ?? found
  }

  private func sendRollback() throws(SQLFailure) -> PostgresResult? {
    try queue(.question) { () throws(SQLFailure) in try link.sendOnce("ROLLBACK") }
    return try exchange()
  }

  /// Ends a transaction that has changed nothing; nobody waits for the answer.
  func endRead() throws(SQLFailure) {
    // Nobody will ask any more.
    pending = pending.map { if case .foreseen = $0 { .command } else { $0 } }
    foreseen = ForeseenAnswers()
    try queue { () throws(SQLFailure) in
      try link.sendOnce("COMMIT")
      try link.push()
    }
  }

  // MARK: Statements

  @discardableResult
  func run(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) -> Int {
    try answer(to: statement, values).changeCount
  }

  func tell(_ statement: SQLStatement, _ values: [SQLValue]) throws(SQLFailure) {
    guard isDeferring else {
      try run(statement, values)
      return
    }
    if let failure { throw failure }
    foreseen.forget(changedBy: statement)
    try send(statement, values, as: .command)
  }

  func foresee(
    _ questions: [ForeseenQuestion], by keys: ForeseenKeys?
  ) throws(SQLFailure) {
    // Where each statement is judged in its place, each is asked in its place.
    guard isDeferring else { return }
    if let failure { throw failure }
    var keysNumber: Int?
    if let keys {
      let number = foreseen.expect(ForeseenQuestion(keys.statement, keys.values), by: nil)
      try send(keys.statement, keys.values, as: .foreseen(number))
      keysNumber = number
    }
    for question in questions where keys != nil || !foreseen.includes(question) {
      let (statement, values) = question.asked(by: keys)
      let number = foreseen.expect(question, by: keysNumber)
      try send(statement, values, as: .foreseen(number))
    }
  }

  func rows(
    _ statement: SQLStatement, _ values: [SQLValue],
    _ each: (inout SQLRow) throws(SQLFailure) -> Bool
  ) throws(SQLFailure) {
    let result = try answer(to: statement, values)
    for index in 0..<result.rowCount {
      result.row = index
      var row = SQLRow(result)
      if try !each(&row) { return }
    }
  }

  func script(_ text: String) throws(SQLFailure) {
    failure = nil
    _ = try ask { () throws(SQLFailure) in try link.sendOnce(text) }
  }

  /// Waits for what others say with NOTIFY, as far as this connection listens.
  func notifications(within patience: Duration) throws(SQLFailure) -> [String] {
    try watching { () throws(SQLFailure) in try link.notifications(within: patience) }
  }

  private func answer(
    to statement: SQLStatement, _ values: [SQLValue]
  ) throws(SQLFailure) -> PostgresResult {
    if let failure { throw failure }
    if foreseen.awaits(statement) {
      _ = try exchange()
      if let failure { throw failure }
    }
    if let known = foreseen.answer(to: statement, values) { return known }
    foreseen.forget(changedBy: statement)
    try prepare(statement)
    return try ask { () throws(SQLFailure) in
      try link.sendQuery(name: Self.name(statement), values)
    }
  }

  private func send(
    _ statement: SQLStatement, _ values: [SQLValue], as command: Pending
  ) throws(SQLFailure) {
    try prepare(statement)
    try queue(command) { () throws(SQLFailure) in
      try link.sendQuery(name: Self.name(statement), values)
    }
  }

  private static func name(_ statement: SQLStatement) -> String { "s\(statement.number)" }

  private func prepare(_ statement: SQLStatement) throws(SQLFailure) {
    while prepared.count <= statement.number { prepared.append(.none) }
    guard prepared[statement.number] == .none else { return }
    try watching { () throws(SQLFailure) in
      try link.sendPrepare(name: Self.name(statement), statement.text)
    }
    prepared[statement.number] = .sent
    pending.append(.prepare(statement.number))
  }

  // MARK: The pipeline

  private func queue(
    _ command: Pending = .command, _ send: () throws(SQLFailure) -> Void
  ) throws(SQLFailure) {
    try watching(send)
    pending.append(command)
  }

  /// Sends a command and waits for all answers up to its own.
  ///
  /// - Throws: the transaction's first failure
  private func ask(_ send: () throws(SQLFailure) -> Void) throws(SQLFailure) -> PostgresResult {
    try queue(.question, send)
    let result = try exchange()
    if let failure { throw failure }
    guard let result else { throw .unavailable("the server gave no answer") }
    return result
  }

  /// Waits for all answers that are still to come; failures of statements are only noted.
  ///
  /// - Returns: the last of them
  private func exchange() throws(SQLFailure) -> PostgresResult? {
    try watching { () throws(SQLFailure) -> PostgresResult? in
      try link.sendSync()
      var last: PostgresResult?
      for command in pending { last = try settle(command) }
      pending.removeAll(keepingCapacity: true)
      guard try demand().status == PGRES_PIPELINE_SYNC else {
        throw .unavailable("the server does not keep to its protocol")
      }
      return last
    }
  }

  private func settle(_ command: Pending) throws(SQLFailure) -> PostgresResult {
    let result = try demand()
    let isFirst = failure == nil
    note(result)
    try endCommand()
    switch command {
    case .question: return result
    case .prepare(let number):
      prepared[number] = result.status == PGRES_COMMAND_OK ? .ready : .none
    case .foreseen(let number): foreseen.take(result, as: number)
    case .command: break
    }
    if isFirst, failure != nil { hasFailedLate = true }
    return result
  }

  /// Takes down the first failure; what comes behind it in the pipeline was not run.
  private func note(_ result: PostgresResult) {
    guard failure == nil, result.status == PGRES_FATAL_ERROR else { return }
    let found = SQLFailure(result)
    failure = found
    // A standby, or a server that ends: the next connection may be to another.
    if case .unavailable = found { isBroken = true }
  }

  private func demand() throws(SQLFailure) -> PostgresResult {
    guard let result = try link.receive() else {
      throw .unavailable("the server ended the answer too early")
    }
    return result
  }

  private func endCommand() throws(SQLFailure) {
    guard try link.receive() == nil else {
      throw .unavailable("the server answered one command twice")
    }
  }

  /// A connection that has failed, or kept us waiting, is out of step for good.
  private func watching<R>(_ body: () throws(SQLFailure) -> R) throws(SQLFailure) -> R {
    do {
      return try body()
    } catch {
      isBroken = true
      if error == .timeout { hasTimedOut = true }
      let failure = failure ?? (error == .timeout ? .unavailable("no answer in time") : error)
      self.failure = failure
      throw failure
    }
  }
}

/// How a transaction begins.
enum TransactionKind: String {
  /// Each statement sees what was committed before it; rows that matter are locked.
  case write = "BEGIN ISOLATION LEVEL READ COMMITTED"
  /// All statements see one state; new rows may be added.
  case disclosure = "BEGIN ISOLATION LEVEL REPEATABLE READ"
  /// All statements see one state.
  case read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
}
