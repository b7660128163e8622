public import Domain
import Foundation
public import PostgresFixture
public import RPCCore
import RPCPolicy
public import RPCTransportHTTP2
import Services
import Storage
import StorageSQL
public import StoreSamples

/// A store prepared for trials, with a server on it that can be killed and started again; on PostgreSQL with several.
///
/// The programme's clock is a rehearsal's: it begins on the pilot's first morning.
public final class TrialWorld: @unchecked Sendable {
  // `@unchecked`: `nodes` changes only in `start`, `kill` and `stop`, which one task calls while no other uses the
  // world.

  private struct Node {
    var process: ServerProcess
    /// Where it listens.
    var target: String
  }

  /// Slots with this many seats in all are enough for every household at once.
  public let slots: [Slot]
  /// Households that are INVITED, so that they may book.
  public let households: [StoredHousehold]
  /// Households that were found eligible for temporary work (US-H2A) and have consented to it, so that
  /// they may be referred to the labour ministry.
  public let eligible: [StoredHousehold]

  private let folder: TemporaryFolder
  /// How libpq finds the database; nil for a SQLite file.
  private let database: String?
  private let postgres: PostgresServer?
  private var nodes: [Int: Node] = [:]

  /// Prepares the store: reference data by the server's own command, households and slots besides.
  ///
  /// - Parameters:
  ///   - householdCount: how many, of one to five people each
  ///   - eligibleCount: how many besides, of two people each, may be referred
  ///   - postgres: where to make a database; nil for a SQLite file
  ///   - standby: where the database may be found later
  public init(
    seed: UInt64, householdCount: Int = 0, seatsPerSlot: Int = 1, slotCount: Int = 0,
    eligibleCount: Int = 0, postgres: PostgresServer? = nil, standby: PostgresServer? = nil
  ) async throws {
    folder = try TemporaryFolder()
    self.postgres = postgres
    database = try postgres?.makeDatabase(standby: standby)
    let samples = try StoredWorld(seed: seed)
    var maker = SampleMaker(samples, seed: seed)
    slots = (0..<slotCount).map { maker.slot(seats: seatsPerSlot, hoursAfterOpening: 400 + $0) }
    households = (0..<householdCount).map { maker.household(of: 1 + $0 % 5, state: .invited) }
    eligible = (0..<eligibleCount).map { _ in maker.eligibleHousehold() }
    let consents = try eligible.flatMap { try maker.consents(of: $0) }
    let given = consents.map {
      maker.event(.consent, uid: $0.id.rawValue, state: ConsentState.active.rawValue)
    }
    let entry = try maker.entry(at: StoredWorld.opening)
    let load = try ServerProcess(
      "pasarela-server", ["load", "--reference"] + storeArguments())
    let code = try load.waitForExit()
    guard code == 0 else { throw TrialFailure("load ended with \(code): \(load.standardError)") }
    try await fill(samples, consents, events: given, entry)
  }

  deinit {
    if let database { try? postgres?.drop(database) }
  }

  /// - Parameter entry: of the call that would have made everything
  private func fill(
    _ samples: StoredWorld, _ consents: [Consent], events: [StatusEvent], _ entry: AuditEntry
  ) async throws {
    let environment = try environment()
    let store =
      if let database {
        try SQLStore.open(postgres: database, environment: environment)
      } else {
        try SQLStore.open(sqlite: storePath, environment: environment)
      }
    try await store.write { [slots, households, eligible] tx in
      try samples.startPilot(in: tx)
      for slot in slots { try tx.insert(slot) }
      for household in households + eligible {
        try household.insert(tx)
        try tx.append(Self.creation(of: household.registration))
      }
      for consent in consents { try tx.insert(consent) }
      for event in events { try tx.append(event) }
      try tx.append(entry, digest: environment.hash(entry.canonicalBytes))
    }
    try await store.close()
  }

  private func environment() throws -> StoreEnvironment {
    let key = FileManager.default.contents(atPath: keyPath) ?? Data()
    guard let secrets = Secrets(key: Array(key)) else {
      throw TrialFailure("load has made no key file")
    }
    return .programme(vault: secrets.vault) { StoredWorld.opening }
  }

  /// Somebody who looks at the audit log whenever the servers are down.
  public func logGrowth() throws -> LogGrowth { LogGrowth(try environment()) }

  /// The event that the server itself would have kept of a registration's creation.
  private static func creation(of registration: Registration) -> StatusEvent {
    var random = SystemRandomNumberGenerator()
    return StatusEvent(
      id: StatusEventID(using: &random), aggregate: .registration,
      uid: registration.id.rawValue, version: registration.revision.version, type: "Create",
      stateAfter: registration.state.rawValue, actorClass: .system,
      time: registration.revision.createTime)
  }

  /// The SQLite file.
  public var storePath: String { folder.file("store.db") }

  /// The file of the deployment's key.
  public var keyPath: String { "\(storePath).key" }

  /// Looks into the store once no server uses it; a database by way of a copy in a file.
  public func inspection() async throws -> StoreInspection {
    guard let database else { return try StoreInspection(path: storePath) }
    let copy = folder.file("copy-\(UUID().uuidString).db")
    let process = try ServerProcess(
      "pasarela-server",
      ["store", "copy", "--from", "postgres:\(database)", "--to", "sqlite:\(copy)"])
    let code = try process.waitForExit()
    guard code == 0 else { throw TrialFailure("copy ended with \(code): \(process.standardError)") }
    return try StoreInspection(path: copy)
  }

  /// Starts the server, or one of several; returns when it accepts calls.
  ///
  /// - Parameters:
  ///   - minutes: how far the programme's clock has gone since the opening, at least; a database's goes on by itself
  ///   - timerSeconds: how often it looks for what the clock ends; nil as it does by itself
  ///   - ports: where it listens on loopback, on all of them; 0 for any that is free
  public func start(
    node: Int = 0, minutesAfterOpening minutes: Int = 0, timerSeconds: Int? = nil,
    ports: [Int] = [0]
  ) throws {
    let server = try ServerProcess(
      "pasarela-server",
      ports.flatMap { ["--listen", "127.0.0.1:\($0)"] } + ["--insecure", "--grace", "5"]
        + (timerSeconds.map { ["--timer-interval", "\($0)"] } ?? []) + storeArguments(minutes))
    nodes[node] = Node(process: server, target: try server.waitUntilListening())
  }

  /// SIGKILL.
  public func kill(node: Int = 0) { nodes.removeValue(forKey: node)?.process.kill() }

  /// SIGTERM to all; throws unless each ends with code 0.
  public func stop() throws {
    let running = nodes.values
    nodes = [:]
    for node in running {
      let code = try node.process.stop()
      guard code == 0 else {
        throw TrialFailure("stopped with \(code): \(node.process.standardError)")
      }
    }
  }

  /// What a server has said on its standard error.
  public func log(node: Int = 0) -> String { nodes[node]?.process.standardError ?? "" }

  /// Memory that a server has, in KiB.
  public func memory(node: Int = 0) -> Int {
    let pid = nodes[node]?.process.pid ?? 0
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
  }

  /// A server's port.
  public func port(node: Int) -> Int {
    Int(nodes[node]?.target.split(separator: ":").last ?? "") ?? 0
  }

  /// The only server's port.
  public var port: Int { port(node: 0) }

  /// A connection to a server as it runs now.
  public func channel(node: Int = 0) throws -> HTTP2Channel {
    let target = nodes[node]?.target ?? ""
    guard let endpoint = Endpoint(target) else { throw TrialFailure("no server at \(target)") }
    var configuration = HTTP2Channel.Configuration()
    configuration.backoff = Backoff(initial: .milliseconds(20), multiplier: 1.6, max: .seconds(2))
    return HTTP2Channel(endpoint: endpoint, configuration: configuration)
  }

  /// Starts a change of the store's key, or goes on with it; the new key's file is made by the first.
  public func keyChange() throws -> ServerProcess {
    let store = database.map { "postgres:\($0)" } ?? "sqlite:\(storePath)"
    return try ServerProcess(
      "pasarela-server",
      [
        "store", "rotate-key", "--store", store, "--key-file", "\(storePath).key",
        "--new-key-file", folder.file("new.key"),
      ])
  }

  /// Puts the new key in the place of the old.
  public func takeNewKey() throws {
    try FileManager.default.removeItem(atPath: "\(storePath).key")
    try FileManager.default.moveItem(atPath: folder.file("new.key"), toPath: "\(storePath).key")
  }

  /// Which store, and its key: for commands that look into it.
  public var keyArguments: [String] {
    let store = database.map { "postgres:\($0)" } ?? "sqlite:\(storePath)"
    return ["--store", store, "--key-file", keyPath]
  }

  private func storeArguments(_ minutes: Int = 0) -> [String] {
    let opening = (StoredWorld.opening + .minutes(minutes)).description
    guard let database else {
      return ["--store", "sqlite:\(storePath)", "--rehearsal-time", opening]
    }
    return [
      "--store", "postgres:\(database)", "--key-file", keyPath, "--rehearsal-time",
      opening,
    ]
  }

  /// A caller in a role, on a connection.
  public static func client(
    _ channel: any ClientTransport, as identity: String, purpose: String = "PROCESSING"
  ) -> RPCClient {
    RPCClient(
      transport: channel,
      metadata: ["pasarela-dev-identity": .string(identity), "pasarela-purpose": .string(purpose)])
  }
}

extension SampleMaker {
  /// A household that may be referred for temporary agricultural work.
  fileprivate mutating func eligibleHousehold() -> StoredHousehold {
    var household = household(of: 2, state: .eligible)
    household.registration.findings = [EligibilityFinding(pathway: .h2a, finding: .eligible)]
    return household
  }

  /// Everybody's consent that the labour ministry is told all of it.
  fileprivate mutating func consents(of household: StoredHousehold) throws -> [Consent] {
    let digest = try digest()
    return household.persons.map { person in
      Consent(
        id: ConsentID(using: &random), registration: household.registration.id, person: person.id,
        grantor: person.id, recipient: .gtMintrab, purpose: .h2Recruitment,
        dataClasses: DataClassSet(classes: DataClass.allCases), textVersion: "2023.1",
        textLanguage: .fallback, textDigest: digest, method: .signed,
        grantTime: StoredWorld.opening, expireTime: StoredWorld.opening + .days(365),
        state: .active, revision: Revision(createdAt: StoredWorld.opening))
    }
  }
}
