public import Foundation
import Glibc
import StorageSQL
import Synchronization

/// A real PostgreSQL server of our own: in a temporary folder, on a unix socket in it, as an unprivileged user.
///
/// It ends with this process, however that ends: a small watcher holds the other end of a pipe.
public final class PostgresServer: Sendable {
  /// The folder of the cluster and its socket.
  public let folder: URL
  /// Its number, in the name of the socket too.
  public let port: Int
  private let command: [String]
  private let watcher = Mutex<Watcher?>(nil)
  private let databaseCount = Mutex(0)

  /// Where the tests of this process have their databases.
  public static let shared = Result { try PostgresServer() }

  /// Makes a cluster and starts its server.
  ///
  /// - Parameters:
  ///   - settings: of `postgresql.conf`, beside those that make an empty server quick
  ///   - address: of loopback, to be called at besides; nil for the socket alone
  public init(settings: [String: String] = [:], address: String? = nil) throws {
    port = try address.map(PostgresPrograms.freePort) ?? 5432
    folder = try Self.makeFolder()
    let user = try PostgresPrograms.giveAway(folder)
    let data = folder.appendingPathComponent("data").path
    try PostgresPrograms.run(
      "initdb",
      ["-D", data, "-U", "pasarela", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
      as: user)
    var settings = settings
    if let address {
      settings["listen_addresses"] = address
      settings["port"] = "\(port)"
      try PostgresPrograms.letIn(address, folder.appendingPathComponent("data/pg_hba.conf"))
    }
    command = try PostgresPrograms.command(
      "postgres", ["-D", data] + Self.arguments(folder, settings), as: user)
    try start()
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Where temporary files go, and so in memory where they are; in /tmp if the socket's path would be too long there.
  private static func makeFolder() throws -> URL {
    let name = "pasarela-postgres-\(UUID().uuidString.prefix(8))"
    let wanted = FileManager.default.temporaryDirectory.appending(path: name)
    let isShort = wanted.path.utf8.count + "/.s.PGSQL.65535.lock".utf8.count < 108
    let folder = isShort ? wanted : URL(fileURLWithPath: "/tmp").appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private static func arguments(_ folder: URL, _ settings: [String: String] = [:]) -> [String] {
    var all = [
      "listen_addresses": "", "unix_socket_directories": folder.path, "max_connections": "300",
      "fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB",
      "log_min_messages": "fatal",
    ]
    all.merge(settings) { $1 }
    return all.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0)=\($1)"] }
  }

  /// A standby of `primary`, which from now on waits for it at each commit.
  public init(standbyOf primary: PostgresServer) throws {
    port = 5432
    folder = try Self.makeFolder()
    let user = try PostgresPrograms.giveAway(folder)
    let data = folder.appendingPathComponent("data").path
    try PostgresPrograms.run(
      "pg_basebackup",
      [
        "-D", data, "-R", "-X", "stream", "--no-sync", "-c", "fast", "-d",
        "\(primary.target("postgres")) application_name=standby",
      ], as: user)
    command = try PostgresPrograms.command(
      "postgres", ["-D", data] + Self.arguments(folder), as: user)
    try start()
    try primary.administer("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    try primary.administer("SELECT pg_reload_conf()")
    try waitUntilSynchronous(primary)
  }

  private func waitUntilSynchronous(_ primary: PostgresServer) throws {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end {
      let isSynchronous = try PostgresEngine(target: primary.target("postgres")).prepare {
        try $0.first(Self.synchronousStandby, []) { (row) throws(SQLFailure) in true } ?? false
      }
      if isSynchronous { return }
      usleep(50_000)
    }
    throw PostgresPrograms.Failure(description: "the standby does not become synchronous")
  }

  private static let synchronousStandby = SQLStatement(
    "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")

  /// Makes a standby the primary; it waits for no standby of its own.
  public func promote() throws {
    try administer("SELECT pg_promote()")
  }

  /// Starts the server, unless it runs; returns when it can be used.
  public func start() throws {
    try watcher.withLock { watcher in
      if watcher == nil { watcher = try Watcher(command, folder) }
    }
    try waitUntilReady()
  }

  /// SIGKILL, as a power cut would; returns when the server is gone.
  public func kill() {
    watcher.withLock { watcher in
      watcher?.stop()
      watcher = nil
    }
  }

  /// Stops every process of it where it is, as a machine that hangs: connections are taken, and nothing is answered.
  public func pause() throws { try signal(SIGSTOP) }

  /// Lets it go on.
  public func resume() throws { try signal(SIGCONT) }

  private func signal(_ number: CInt) throws {
    let file = folder.appending(path: "data/postmaster.pid")
    let first = try String(contentsOf: file, encoding: .utf8).prefix { $0.isNumber }
    guard let parent = pid_t(first) else {
      throw PostgresPrograms.Failure(description: "\(file.path) names no process")
    }
    // The first one first, so that it makes no more.
    Glibc.kill(parent, number)
    for child in PostgresPrograms.children(of: parent) { Glibc.kill(child, number) }
  }

  /// How libpq finds a database of this server.
  public func target(_ database: String) -> String {
    "host=\(folder.path) port=\(port) user=pasarela dbname=\(database)"
  }

  /// Makes a database that is good for a store; how libpq finds it.
  ///
  /// - Parameters:
  ///   - template: what it is a copy of, which nobody may be connected to; empty by default
  ///   - standby: may be the primary one day
  public func makeDatabase(
    like template: String? = nil, standby: PostgresServer? = nil
  ) throws -> String {
    let number = databaseCount.withLock { count in
      count += 1
      return count
    }
    let name = "store\(number)"
    let source = template.map(Self.name(of:))
    // By files: half the time of a copy through the log, where the files are small.
    try administer(
      "CREATE DATABASE \(name) STRATEGY FILE_COPY" + (source.map { " TEMPLATE \($0)" } ?? ""))
    guard let standby else { return target(name) }
    return
      "host=\(folder.path),\(standby.folder.path) user=pasarela target_session_attrs=read-write "
      + "dbname=\(name)"
  }

  /// Removes a database, whoever is connected to it.
  public func drop(_ target: String) throws {
    try administer("DROP DATABASE \(Self.name(of: target)) WITH (FORCE)")
  }

  private static func name(of target: String) -> Substring {
    target.split(separator: "=").last ?? ""
  }

  /// Runs a statement in the database `postgres`.
  public func administer(_ statement: String) throws {
    // A standby takes statements, too.
    let target = target("postgres") + " target_session_attrs=any"
    try PostgresEngine(target: target).prepare { try $0.script(statement) }
  }

  private func waitUntilReady() throws {
    let end = ContinuousClock.now + .seconds(30)
    while true {
      do {
        return try administer("SELECT 1")
      } catch {
        if ContinuousClock.now > end { throw error }
        usleep(20_000)
      }
    }
  }
}

/// A child that lives no longer than this process: its shell waits for the end of a pipe.
private final class Watcher: @unchecked Sendable {
  // `@unchecked`: started in `init`, then only ended, by one thread.
  private let process = Process()
  private let pipe = Pipe()

  /// - Parameter folder: is removed after this process's end
  init(_ command: [String], _ folder: URL) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // PostgreSQL's children end by themselves when the first process is gone. No `wait`: it would never hear of the
    // child's end where signals are blocked, as they are in some threads of ours; `sleep` takes it up.
    let script = """
      "$@" <&- & child=$!; word=; read -r word; kill -KILL $child
      while kill -0 $child 2>/dev/null; do sleep 0.01; done
      [ "$word" = keep ] || rm -rf "$0"
      """
    process.arguments = ["-c", script, folder.path] + command
    process.standardInput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  func stop() {
    try? pipe.fileHandleForWriting.write(contentsOf: Data("keep\n".utf8))
    try? pipe.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
