import Domain
import Protobuf
import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Synchronization
import Testing

/// INV-16 against a store in trouble: what is not in the log for good is not answered, neither with what was asked for
/// nor with why it was denied.
@Suite("An answer before its entry", .timeLimit(.minutes(5)))
struct UncommittedAnswerTests {
  /// A store that runs every unit and then does not say that it is kept.
  final class TroubledStore: Store {
    enum Manner: Sendable { case works, loses, hangs }

    private let store: any Store
    private let manner = Mutex(Manner.works)
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    private let (releases, release) = AsyncStream.makeStream(of: Void.self)

    init(_ store: any Store) { self.store = store }

    func set(_ manner: Manner) { self.manner.withLock { $0 = manner } }

    /// Returns once a unit has been run and is not said to be kept.
    func someoneWaits() async {
      var iterator = arrivals.makeAsyncIterator()
      _ = await iterator.next()
    }

    /// Says that it is.
    func letGo() { release.yield() }

    @discardableResult
    func write<R: Sendable>(
      _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
    ) async throws -> R {
      switch manner.withLock({ $0 }) {
      case .works: return try await store.write(purpose, unit)
      case .loses:
        return try await store.write(purpose) { tx in
          _ = try unit(tx)
          throw StoreError.io("the disk is full")
        }
      case .hangs:
        let result = try await store.write(purpose, unit)
        arrival.yield()
        var iterator = releases.makeAsyncIterator()
        _ = await iterator.next()
        return result
      }
    }

    func read<R: Sendable>(
      _ unit: @escaping @Sendable (any StoreReader) throws -> R
    ) async throws -> R { try await store.read(unit) }

    var now: Instant { store.now }
    func integrityProblems() async throws -> [String] { try await store.integrityProblems() }
    func close() async throws { try await store.close() }
  }

  /// A case with something of each kind to read, on a store in trouble.
  struct Scene {
    let records: RecordScene
    let store: TroubledStore
    let transport: any ClientTransport

    var world: World { records.world }

    init(_ kind: World.StoreKind) async throws {
      records = try await RecordScene(kind)
      store = TroubledStore(records.world.store)
      let desk = try Desk(store: store, secrets: World.secrets)
      transport = InProcessTransport(router: ProgrammeServices.router(at: desk))
    }

    /// A call that tells of people when all is well.
    struct Read: Sendable {
      var name: String
      var call: @Sendable () async throws(RPCError) -> [UInt8]
    }

    /// One of every method that the schema says tells of people, by somebody who is answered.
    func reads() async throws -> [Read] {
      var reads: [Read] = []
      for method in try SchemaText().methods
      where method.isPersonal && !method.isStreaming && !method.isChange {
        for role in Role.allCases where method.roles.contains(role.name) {
          let read = try self.read(method, role)
          guard let answer = try? await read.call() else { continue }
          #expect(!answer.isEmpty, "\(method.name) tells of nobody")
          reads.append(read)
          break
        }
        #expect(reads.last?.name == method.descriptor.method, "nobody is answered")
      }
      return reads
    }

    private func read(_ method: DescribedMethod, _ role: Role) throws -> Read {
      let entry = records.entries[role == .partnerOfficer ? .usRsc : .unhcr] ?? ""
      let request = try records.request(of: method, entry: entry)
      let metadata = records.caller(role, .own, on: method).metadata
      return Read(name: method.descriptor.method) { [transport] () throws(RPCError) in
        try await transport.unary(
          method.descriptor, request: request, metadata: metadata, options: CallOptions()
        ).message
      }
    }

    func entryCount(of method: String) async throws -> Int {
      let all = try await world.store.read { try $0.auditEntries(from: 0, limit: 10_000).items }
      return all.count { $0.entry.method.hasSuffix("/\(method)") }
    }
  }

  private final class Flag: Sendable { let isSet = Atomic(false) }

  @Test("a commit that fails gives no record away", arguments: World.StoreKind.allCases)
  func loses(_ kind: World.StoreKind) async throws {
    let scene = try await Scene(kind)
    let reads = try await scene.reads()
    #expect(reads.count == 15)
    for read in reads {
      let before = try await scene.entryCount(of: read.name)
      #expect(before > 0, "\(read.name) is not in the log")
      scene.store.set(.loses)
      do {
        _ = try await read.call()
        Issue.record("\(read.name) was answered without an entry")
      } catch {
        #expect([.unavailable, .internal].contains(error.code), "\(read.name): \(error)")
        #expect(error.metadata["pasarela-audit-entry"] == nil)
      }
      scene.store.set(.works)
      #expect(try await scene.entryCount(of: read.name) == before, "\(read.name)")
    }
  }

  @Test(
    "while a commit hangs nothing is answered, and then all of it",
    arguments: World.StoreKind.allCases)
  func hangs(_ kind: World.StoreKind) async throws {
    let scene = try await Scene(kind)
    for read in try await scene.reads() {
      let answered = Flag()
      scene.store.set(.hangs)
      try await withThrowingTaskGroup(of: [UInt8].self) { group in
        group.addTask {
          let answer = try await read.call()
          answered.isSet.store(true, ordering: .sequentiallyConsistent)
          return answer
        }
        await scene.store.someoneWaits()
        try await Task.sleep(for: .milliseconds(20))
        let isEarly = answered.isSet.load(ordering: .sequentiallyConsistent)
        #expect(!isEarly, "\(read.name) did not wait")
        scene.store.set(.works)
        scene.store.letGo()
        #expect(try await group.next()?.isEmpty == false, "\(read.name)")
      }
    }
  }

  @Test("no method tells why it denies unless that is in the log")
  func denials() async throws {
    let scene = try await Scene(.memory)
    let methods = try SchemaText().methods.filter {
      !$0.isStreaming && !$0.isAnonymous && !$0.roles.contains("AUDITOR")
    }
    #expect(methods.count > 70)
    for method in methods {
      func outcome() async -> RPCError? {
        do throws(RPCError) {
          _ = try await scene.transport.unary(
            method.descriptor, request: [],
            metadata: scene.world.caller("us-prm/AUDITOR", purpose: "OVERSIGHT").metadata,
            options: CallOptions())
          return nil
        } catch {
          return error
        }
      }
      #expect(await outcome().flatMap { Refused($0) }?.reason == "ACCESS_DENIED", "\(method.name)")
      scene.store.set(.loses)
      let silent = try #require(await outcome(), "\(method.name)")
      #expect(Refused(silent)?.reason != "ACCESS_DENIED", "\(method.name)")
      #expect(silent.code != .permissionDenied, "\(method.name)")
      scene.store.set(.works)
    }
  }

  @Test("a stream tells of no change that is not in the log", arguments: World.StoreKind.allCases)
  func streams(_ kind: World.StoreKind) async throws {
    let watched = try await KindCase(.registrations, kind)
    let store = TroubledStore(watched.world.store)
    let desk = try Desk(store: store, secrets: World.secrets, watching: WatchCase.limits)
    let waking = Task { await desk.tellWatchers { _ in } }
    defer { waking.cancel() }
    let stream = try watched.open(
      from: try await watched.token(), router: ProgrammeServices.router(at: desk))
    await stream.begun()
    store.set(.loses)
    try await watched.cycle()
    do {
      let item = try await stream.next()
      Issue.record("told of \(String(describing: item)) without an entry")
    } catch {
      #expect((error as? RPCError)?.code != .ok)
    }
    await stream.cancel()
  }
}
