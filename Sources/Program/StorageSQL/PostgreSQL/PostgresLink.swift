import CPostgres
import Glibc

/// One libpq connection in pipeline mode: commands go out in a row, their results come back in the same order.
///
/// Owns the unsafe code that speaks to libpq. Used by one thread at a time, which it blocks while it waits; no wait
/// is longer than its deadline, whatever the network does. After a throw of `unavailable` it is of no use any more.
@safe
final class PostgresLink {
  // SAFETY: made in `init`, finished in `deinit`, touched by the thread that uses this object.
  private let connection: OpaquePointer
  private let patienceMilliseconds: Int
  /// How often bytes were sent and then waited for.
  private(set) var roundTripCount = 0
  private var hasUnsent = false

  /// Connects.
  ///
  /// - Parameters:
  ///   - target: a URL or key words, as libpq reads them
  ///   - patience: how long a single answer may take
  /// - Throws: `SQLFailure.unavailable`
  init(_ target: String, settings: [String: String], patience: Duration) throws(SQLFailure) {
    patienceMilliseconds = Int(patience / .milliseconds(1))
    // What comes later counts, so the operator's words do.
    let own = settings.sorted { $0.key < $1.key }
    let keys = own.map(\.key) + ["dbname"]
    let values = own.map(\.value) + [target]
    let made = unsafe Self.withStrings(keys) { keys in
      unsafe Self.withStrings(values) { values in
        // SAFETY: both lists end with NULL; libpq copies what they show.
        unsafe PQconnectdbParams(keys, values, 1)
      }
    }
    guard let made = unsafe made else { throw .unavailable("no memory for a connection") }
    unsafe connection = made
    // libpq's own way is to write them to standard error.
    _ = unsafe PQsetNoticeProcessor(made, { _, _ in }, nil)
    guard unsafe PQstatus(made) == CONNECTION_OK else {
      throw .unavailable(lastMessage)
    }
    guard unsafe PQsetnonblocking(made, 1) == 0, unsafe PQenterPipelineMode(made) == 1 else {
      throw .unavailable(lastMessage)
    }
  }

  deinit { unsafe PQfinish(connection) }

  /// Whether a target names servers on this machine only, as far as libpq can tell before it connects.
  static func namesLocalOnly(_ target: String) -> Bool {
    // SAFETY: the list ends with an entry without a key word, and is freed at the end.
    guard let options = unsafe PQconninfoParse(target, nil) else { return false }
    defer { unsafe PQconninfoFree(options) }
    var hosts: [String] = []
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      let name = unsafe String(cString: keyword)
      if name == "host" || name == "hostaddr", let value = unsafe option.pointee.val {
        hosts += unsafe String(cString: value).split(separator: ",").map(String.init)
      }
      unsafe option += 1
    }
    return hosts.allSatisfy(isLocal)
  }

  private static func isLocal(_ host: String) -> Bool {
    host.hasPrefix("/") || ["", "localhost", "127.0.0.1", "::1"].contains(host)
  }

  /// Whether nobody between here and the server can read along: encrypted, or on this machine.
  var isPrivate: Bool {
    if unsafe PQsslInUse(connection) == 1 { return true }
    guard let host = unsafe PQhost(connection) else { return true }
    let name = unsafe String(cString: host)
    return Self.isLocal(name)
  }

  // MARK: Sending

  /// Queues the making of a prepared statement.
  func sendPrepare(name: String, _ text: String) throws(SQLFailure) {
    try sent(unsafe PQsendPrepare(connection, name, text, 0, nil))
  }

  /// Queues a prepared statement with its values.
  func sendQuery(name: String, _ values: [SQLValue]) throws(SQLFailure) {
    let packed = PackedValues(values)
    let isSent = unsafe packed.withArguments { count, pointers, lengths, formats in
      unsafe PQsendQueryPrepared(connection, name, count, pointers, lengths, formats, 1)
    }
    try sent(isSent)
  }

  /// Queues a statement without values that is not worth keeping.
  func sendOnce(_ text: String) throws(SQLFailure) {
    try sent(unsafe PQsendQueryParams(connection, text, 0, nil, nil, nil, nil, 1))
  }

  /// Queues the mark after which the server answers all before it.
  func sendSync() throws(SQLFailure) {
    try sent(unsafe PQpipelineSync(connection))
    roundTripCount += 1
  }

  private func sent(_ code: CInt) throws(SQLFailure) {
    guard code == 1 else { throw .unavailable(lastMessage) }
    hasUnsent = true
  }

  /// Sends what the socket takes at once; the rest goes with the next wait.
  func push() throws(SQLFailure) {
    guard unsafe PQflush(connection) >= 0 else { throw .unavailable(lastMessage) }
  }

  // MARK: Receiving

  /// The next result; nil when a command has given its last.
  func receive() throws(SQLFailure) -> PostgresResult? {
    let deadline = ContinuousClock.now + .milliseconds(patienceMilliseconds)
    try flush(until: deadline)
    while unsafe PQisBusy(connection) == 1 {
      try wait(for: CShort(POLLIN), until: deadline)
      try consume()
    }
    return unsafe PQgetResult(connection).map { unsafe PostgresResult($0) }
  }

  /// What the server has said without being asked, as `LISTEN` wants it; waits for the first of it.
  func notifications(within patience: Duration) throws(SQLFailure) -> [String] {
    let deadline = ContinuousClock.now + patience
    var found = takeNotifications()
    while found.isEmpty, ContinuousClock.now < deadline {
      do {
        try wait(for: CShort(POLLIN), until: deadline)
      } catch .timeout {
        return []
      }
      try consume()
      found = takeNotifications()
    }
    return found
  }

  private func takeNotifications() -> [String] {
    var found: [String] = []
    while let notice = unsafe PQnotifies(connection) {
      unsafe found.append(String(cString: notice.pointee.extra))
      unsafe PQfreemem(notice)
    }
    return found
  }

  private func flush(until deadline: ContinuousClock.Instant) throws(SQLFailure) {
    guard hasUnsent else { return }
    while true {
      switch unsafe PQflush(connection) {
      case 0:
        hasUnsent = false
        return
      case 1:
        // The server may wait for us to read before it reads on.
        try wait(for: CShort(POLLIN | POLLOUT), until: deadline)
        try consume()
      default: throw .unavailable(lastMessage)
      }
    }
  }

  private func consume() throws(SQLFailure) {
    guard unsafe PQconsumeInput(connection) == 1 else { throw .unavailable(lastMessage) }
  }

  private func wait(
    for events: CShort, until deadline: ContinuousClock.Instant
  ) throws(SQLFailure) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timeout }
      var entry = pollfd(fd: unsafe PQsocket(connection), events: events, revents: 0)
      let found = unsafe poll(&entry, 1, CInt(left / .milliseconds(1)) + 1)
      if found > 0 { return }
      if found < 0, errno != EINTR { throw .unavailable("poll: \(errno)") }
    }
  }

  /// What libpq says of its last failure, in one line.
  private var lastMessage: String {
    guard let text = unsafe PQerrorMessage(connection) else { return "no reason given" }
    return unsafe String(cString: text).split(separator: "\n").joined(separator: "; ")
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = unsafe strings.map { unsafe UnsafePointer(strdup($0)) } + [nil]
    defer {
      for index in unsafe copies.indices {
        unsafe free(UnsafeMutablePointer(mutating: copies[index]))
      }
    }
    // SAFETY: the copies live until the closure has ended.
    return unsafe copies.withUnsafeBufferPointer { list in
      unsafe body(list.baseAddress.unsafelyUnwrapped)
    }
  }
}
