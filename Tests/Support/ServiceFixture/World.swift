public import Domain
import Foundation
import MemoryStore
import Protobuf
public import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import Services
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
  }

  /// The clock.
  public let clock: WorldClock
  /// The records.
  public let store: any Store
  /// What carries the calls.
  public let transport: any ClientTransport
  private let directory: URL?

  /// A world that begins at ``opening``.
  ///
  /// - Parameter pilot: whether the pilot has been started, else it is PLANNED
  public init(_ kind: StoreKind = .memory, pilot: Bool = true) async throws {
    let clock = WorldClock(Self.opening)
    self.clock = clock
    let environment = StoreEnvironment.programme { clock.now }
    switch kind {
    case .memory:
      directory = nil
      store = MemoryStore(environment: environment)
    case .sqlite:
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "pasarela-world-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      directory = folder
      store = try SQLStore.open(
        sqlite: folder.appending(path: "world.db").path, environment: environment)
    }
    transport = InProcessTransport(
      router: ProgrammeServices.router(at: try Desk(store: store)))
    _ = try await ReferenceLoader(store: store).load()
    if pilot { try await startPilot() }
  }

  deinit {
    if let directory { try? FileManager.default.removeItem(at: directory) }
  }

  /// Somebody who calls.
  ///
  /// - Parameters:
  ///   - identity: `PARTNER/ROLE`; nil for somebody unknown
  ///   - purpose: what for; nil to say none. By default the one its role usually has.
  ///   - user: the partner's name for the person; nil for the role's own
  public func caller(
    _ identity: String?, purpose: String? = "PROCESSING", user: String? = nil
  ) -> WorldCaller {
    var metadata = Metadata()
    // The texts are the test's own, so that none is illegal.
    if let identity { try? metadata.set("pasarela-dev-identity", identity) }
    if let purpose { try? metadata.set("pasarela-purpose", purpose) }
    if let user { try? metadata.set("pasarela-end-user", user) }
    return WorldCaller(client: RPCClient(transport: transport, metadata: metadata))
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
