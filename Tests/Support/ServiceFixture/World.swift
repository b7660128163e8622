public import Domain
public import Foundation
import MemoryStore
import PostgresFixture
import Protobuf
public import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
public import Services
public import Storage
import StorageSQL

/// The programme in one process, for tests: every service behind the real access check, over a store
/// of its own, with a clock that the test moves. Reference data and sample offices are loaded.
///
///     let world = try await World()
///     let screener = world.caller("unhcr/SCREENER")
///     let answer = try await screener.applicants.startScreening(…)
public final class World: Sendable {
  /// Monday 2023-06-12, nine in the morning in Guatemala: the pilot's first day.
  public static let opening = Instant(microseconds: 1_686_582_000_000_000)

  /// What keeps the records.
  public enum StoreKind: String, CaseIterable, Sendable {
    case memory
    case sqlite
    case postgres
  }

  /// The keys of this deployment, the same in every test run.
  public static let secrets: Secrets = {
    guard let secrets = Secrets(key: Array(0..<32)) else { preconditionFailure("32 bytes") }
    return secrets
  }()

  /// Makes what stands before all handlers of a world, which looks at its store.
  public typealias Outer = @Sendable (any Store) -> [any ServerInterceptor]

  /// What stands before the handlers of every world that is made while it is set, whoever makes it.
  @TaskLocal public static var outer: Outer = { _ in [] }

  /// The clock.
  public let clock: WorldClock
  /// The records.
  public let store: any Store
  /// Where the handlers work.
  public let desk: Desk
  /// The handlers behind their interceptors.
  public let router: Router
  /// What carries the calls.
  public let transport: any ClientTransport
  private let directory: URL?
  private let database: String?
  private let watching: Task<Void, Never>?

  /// A world that begins at ``opening``.
  ///
  /// - Parameters:
  ///   - pilot: whether the pilot has been started, else it is PLANNED
  ///   - watching: what those who watch are granted; nil for a world in which nobody is woken
  public init(
    _ kind: StoreKind = .memory, pilot: Bool = true, watching: WatchLimits? = nil
  ) async throws {
    let clock = WorldClock(Self.opening)
    self.clock = clock
    let environment = StoreEnvironment.programme(vault: Self.secrets.vault) { clock.now }
    switch kind {
    case .memory:
      (directory, database) = (nil, nil)
      store = MemoryStore(environment: environment)
    case .sqlite:
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "pasarela-world-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      (directory, database) = (folder, nil)
      let file = folder.appending(path: "world.db")
      try await WorldTemplate.sqliteFile().write(to: file)
      store = try SQLStore.open(sqlite: file.path, environment: environment)
    case .postgres:
      let target = try await WorldTemplate.postgresDatabase()
      (directory, database) = (nil, target)
      store = SettledStore(try SQLStore.open(postgres: target, environment: environment))
    }
    let desk = try Desk(
      store: store, secrets: Self.secrets, watching: watching ?? WatchLimits())
    self.desk = desk
    router = ProgrammeServices.router(at: desk, behind: Self.outer(store))
    transport = InProcessTransport(router: router)
    self.watching = watching.map { _ in Task { await desk.tellWatchers { _ in } } }
    if kind == .memory { _ = try await ReferenceLoader(store: store, secrets: Self.secrets).load() }
    if pilot { try await startPilot() }
  }

  deinit {
    watching?.cancel()
    if let directory { try? FileManager.default.removeItem(at: directory) }
    if let database { try? PostgresServer.shared.get().drop(database) }
  }

  /// The file of the store; nil of a world that is only in memory.
  public var storePath: String? { directory?.appending(path: "world.db").path }

  /// Every byte that the store has on disk; none of a world that is only in memory.
  public func storedBytes() throws -> Data {
    guard let directory else { return Data() }
    let files = try FileManager.default.contentsOfDirectory(
      at: directory, includingPropertiesForKeys: nil)
    return try files.reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
  }

  /// Somebody who calls.
  ///
  /// - Parameters:
  ///   - identity: `PARTNER/ROLE`; nil for somebody unknown
  ///   - purpose: what for; nil to say none. By default the partner's first one that its role is for.
  ///   - user: the partner's name for the person; nil to name nobody. By default somebody who has
  ///     this role and no other.
  public func caller(
    _ identity: String?, purpose: String? = usual, user: String? = usual
  ) -> WorldCaller {
    var metadata = Metadata()
    let user = user == Self.usual ? identity.map { "the \($0)" } : user
    let purpose = purpose == Self.usual ? Self.usualPurpose(of: identity) : purpose
    // The texts are the test's own, so that none is illegal.
    if let identity { try? metadata.set("pasarela-dev-identity", identity) }
    if let purpose { try? metadata.set("pasarela-purpose", purpose) }
    if let user { try? metadata.set("pasarela-end-user", user) }
    return WorldCaller(
      client: RPCClient(transport: transport, metadata: metadata), metadata: metadata)
  }

  /// Stands for what is usual.
  public static let usual = "(usual)"

  /// Processing for the offices' staff; of a partner that receives, the first purpose it has.
  private static func usualPurpose(of identity: String?) -> String {
    guard let identity, identity.hasSuffix("/PARTNER_OFFICER") else { return "PROCESSING" }
    var random = SystemRandomNumberGenerator()
    let partner = ReferenceData.partners(at: opening, using: &random)
      .first { identity.hasPrefix("\($0.id)/") }
    return partner?.purposes.first?.name ?? "PROCESSING"
  }

  /// The administrator of the US government.
  public var usAdmin: WorldCaller {
    caller("us-prm/PROGRAM_ADMIN", purpose: "PROGRAM_ADMINISTRATION")
  }

  /// The administrator of the Guatemalan government.
  public var gtAdmin: WorldCaller {
    caller("gt-minex/PROGRAM_ADMIN", purpose: "PROGRAM_ADMINISTRATION")
  }

  /// Somebody without a certificate.
  public var stranger: WorldCaller { caller(nil, purpose: nil) }

  private func startPilot() async throws {
    let name = "programs/\(ReferenceData.pilotID)"
    let program = try await stranger.programs.getProgram(.with { $0.name = name }).program
    for admin in [usAdmin, gtAdmin] {
      _ = try await admin.programs.startPilot(
        .with {
          $0.name = name
          $0.etag = program?.etag ?? ""
          $0.requestId = requestID()
        })
    }
  }
}

/// A new `request_id`.
public func requestID() -> String { UUID().uuidString.lowercased() }
