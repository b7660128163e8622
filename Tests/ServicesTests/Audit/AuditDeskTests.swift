import AuditProof
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// The log as its readers have it, and what proves that nobody has changed it.
@Suite struct AuditDeskTests {
  private typealias Service = SafeMobility.AuditServiceClient
  private static let log = "auditLogs/safemobility"

  private func auditor(_ world: World) -> Service {
    Service(world.caller("us-prm/AUDITOR", purpose: "OVERSIGHT").client)
  }

  private func stranger(_ world: World) -> Service { Service(world.stranger.client) }

  private func key() throws -> NoteKey {
    try #require(NoteKey(text: World.secrets.checkpointKey))
  }

  /// Some calls of several callers, allowed and denied.
  private func traffic(_ world: World, count: Int) async throws {
    for index in 0..<count {
      let caller = world.caller(index % 2 == 0 ? "us-rsc/PARTNER_OFFICER" : "unhcr/SCREENER")
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await caller.applicants.getRegistration(.with { $0.name = "registrations/none" })
      }
    }
  }

  private func everything(_ audit: Service) async throws -> [SafeMobility.AuditEntry] {
    var entries: [SafeMobility.AuditEntry] = []
    var request = SafeMobility.ListEntriesRequest.with {
      $0.parent = Self.log
      $0.pageSize = 7
    }
    repeat {
      let page = try await audit.listEntries(request)
      entries += page.entries
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return entries
  }

  @Test(arguments: World.StoreKind.allCases)
  func `what is listed is what was signed`(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    try await traffic(world, count: 20)
    let checkpoint = try #require(try await world.desk.makeCheckpoint())
    try await traffic(world, count: 3)
    var verifier = LogVerifier(key: try key())
    let shown = try await stranger(world).getCheckpoint(.with { $0.parent = Self.log })
    verifier.add(try #require(shown.checkpoint))
    let entries = try await everything(auditor(world))
    for entry in entries { verifier.add(entry) }
    verifier.end()
    #expect(verifier.faults == [])
    #expect(verifier.provenCount == checkpoint.size)
    #expect(verifier.count == checkpoint.size + 3)
    #expect(try await world.desk.makeCheckpoint()?.size == verifier.count)
    #expect(try await world.desk.makeCheckpoint() == nil)
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a log in which a report was released is what was signed`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    world.clock.set(ReportTests.firstRelease)
    #expect(try await world.desk.releaseReports().moveCounts.count == 1)
    let checkpoint = try #require(try await world.desk.makeCheckpoint())
    var verifier = LogVerifier(key: try key())
    verifier.add(try #require(SafeMobility.Checkpoint(note: checkpoint.note)))
    let entries = try await everything(auditor(world))
    #expect(entries.contains { $0.method == "safemobility.v1.Timer/ReleaseReport" })
    for entry in entries { verifier.add(entry) }
    verifier.end()
    #expect(verifier.faults == [])
    #expect(verifier.provenCount == checkpoint.size)
  }

  @Test(arguments: World.StoreKind.allCases)
  func `an entry is proved to be in the log, and each log to begin like the one before`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    var sizes: [Int64] = []
    for count in [5, 300, 1] {
      try await traffic(world, count: count)
      sizes.append(try #require(try await world.desk.makeCheckpoint()).size)
    }
    let audit = auditor(world)
    let entry = try await world.store.read { try $0.auditEntries(from: 260, limit: 1).items[0] }
    let proof = try await audit.getInclusionProof(
      .with {
        $0.name = "\(Self.log)/entries/\(entry.entry.id)"
        $0.treeSize = sizes[2]
      })
    #expect(proof.position == 260)
    let root = try #require(Digest(proof.checkpoint?.rootSha256 ?? []))
    #expect(
      Hash.tree.isIncluded(
        try #require(Digest(proof.leafSha256)), index: 260, size: Int(sizes[2]),
        proof: proof.hashes.compactMap { Digest($0) }, root: root))
    let consistency = try await stranger(world).getConsistencyProof(
      .with {
        $0.parent = Self.log
        $0.firstSize = sizes[0]
        $0.secondSize = sizes[1]
      })
    #expect(
      Hash.tree.isConsistent(
        oldSize: Int(sizes[0]), oldRoot: try #require(Digest(consistency.first?.rootSha256 ?? [])),
        newSize: Int(sizes[1]),
        newRoot: try #require(Digest(consistency.second?.rootSha256 ?? [])),
        proof: consistency.hashes.compactMap { Digest($0) }))
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await audit.getInclusionProof(
        .with {
          $0.name = "\(Self.log)/entries/\(entry.entry.id)"
          $0.treeSize = sizes[0]
        })
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await audit.getConsistencyProof(
        .with {
          $0.parent = Self.log
          $0.firstSize = 3
          $0.secondSize = sizes[1]
        })
    }
  }

  @Test func `a filter finds what was denied, and whose`() async throws {
    let world = try await World()
    try await traffic(world, count: 6)
    let audit = auditor(world)
    func listed(_ filter: String) async throws -> [SafeMobility.AuditEntry] {
      try await audit.listEntries(
        .with {
          $0.parent = Self.log
          $0.filter = filter
        }
      ).entries
    }
    let denied = try await listed("decision = DENY AND partner = partners/us-rsc")
    #expect(denied.count == 3)
    #expect(denied.allSatisfy { $0.role == .partnerOfficer })
    // Of none does the log say whether there was a case: each has a pseudonym, and no two the same.
    #expect(Set(denied.map(\.casePseudonym)).subtracting([[]]).count == 3)
    #expect(try await listed("role = SCREENER").count == 3)
    #expect(try await listed("event_time < \"2023-06-01T00:00:00Z\"").isEmpty)
    await expectRefusal("FIELD_INVALID", .invalidArgument) { _ = try await listed("uid = x") }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await audit.listEntries(.with { $0.parent = "auditLogs/other" })
    }
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a receipt proves what was answered, with the case's key`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    let household = try await world.household(in: .invited)
    let name = "registrations/\(household.registration.id)"
    let caseworker = world.caller("unhcr/CASEWORKER")
    let call = try await caseworker.client.unary(
      SafeMobility.ApplicantServiceMethods.getRegistration,
      SafeMobility.GetRegistrationRequest.with { $0.name = name },
      as: SafeMobility.GetRegistrationResponse.self)
    let trailer = try #require(call.trailingMetadata["pasarela-audit-entry"])
    let id = try #require(trailer.split(whereSeparator: { ":; ".contains($0) }).first)
    let entryName = "\(Self.log)/entries/\(id)"
    let own = Service(caseworker.client)
    let early = try await own.getReceipt(.with { $0.name = entryName })
    #expect(early.entry?.uid == String(id))
    try await world.desk.makeCheckpoint()
    let receipt = try await own.getReceipt(.with { $0.name = entryName })
    #expect(receipt.checkpoint != nil)
    // With the key the answer's bytes give the commitment.
    let digest = Hash.sha256(try call.message.serializedBytes())
    #expect(
      Hash.commitment(to: digest, key: receipt.commitmentKey).bytes
        == receipt.entry?.responseCommitment)
    // Nor does it open anything but this one call.
    #expect(
      receipt.commitmentKey
        != (try await world.store.read { try $0.caseKey(of: household.registration.id) }))
    // Whoever was denied is told nothing by the entry either: not even whether there is such a case.
    let officer = world.caller("us-rsc/PARTNER_OFFICER")
    for id in [household.registration.id.rawValue, "none"] {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await officer.applicants.getRegistration(.with { $0.name = "registrations/\(id)" })
      }
      let denied = try #require(try await world.lastAuditEntries().first)
      #expect(denied.verdict == .deny && denied.partner?.rawValue == "us-rsc")
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await Service(officer.client).getReceipt(
          .with { $0.name = "\(Self.log)/entries/\(denied.id)" })
      }
    }
    // Another partner's entry is none of theirs.
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await Service(officer.client).getReceipt(.with { $0.name = entryName })
    }
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a person sees who was told, and what`(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let household = try await world.household(in: .invited)
    let other = try await world.household(in: .invited, seed: 2)
    let name = "registrations/\(household.registration.id)"
    for _ in 0..<3 {
      _ = try await world.caller("unhcr/CASEWORKER").applicants.getRegistration(
        .with { $0.name = name })
      _ = try await world.caller("iom/SCREENER").applicants.getRegistration(
        .with { $0.name = "registrations/\(other.registration.id)" })
    }
    _ = try await world.caller("iom/SCREENER").applicants.getRegistration(.with { $0.name = name })
    let agent = world.caller("iom/CONTACT_CENTRE").applicants
    var found: [SafeMobility.Disclosure] = []
    var request = SafeMobility.ListDisclosuresRequest.with {
      $0.parent = name
      $0.pageSize = 3
    }
    repeat {
      let page = try await agent.listDisclosures(request)
      found += page.disclosures
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && found.count < 20
    // The agent's own look at the first page is there on the second.
    let partners = found.map(\.partner).filter { $0 != "partners/iom" }
    #expect(partners == Array(repeating: "partners/unhcr", count: 3))
    #expect(found.first?.partner == "partners/iom")
    #expect(found.allSatisfy { $0.dataClasses.contains(.identity) && $0.purpose == .processing })
    #expect(
      found.map { $0.discloseTime?.seconds ?? 0 }
        == found.map { $0.discloseTime?.seconds ?? 0 }.sorted(by: >))
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a log that was changed behind the server's back is not signed again`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    try await traffic(world, count: 3)
    let good = try #require(try await world.desk.makeCheckpoint())
    // As if the entries before had been others.
    let forged = Checkpoint(
      size: good.size + 1, root: Hash.sha256("another log"), time: good.time, note: good.note)
    try await traffic(world, count: 2)
    try await world.store.write { try $0.append(forged) }
    await #expect(throws: ChangedLog.self) { try await world.desk.makeCheckpoint() }
  }

  @Test func `a stream tells every entry once, over a break too`() async throws {
    var limits = WatchLimits()
    limits.pollInterval = .milliseconds(5)
    let world = try await World(watching: limits)
    try await traffic(world, count: 4)
    let audit = auditor(world)
    var positions: [Int64] = []
    var token = ""
    for _ in 0..<2 {
      let stream = audit.streamEntries(
        .with {
          $0.parent = Self.log
          $0.resumeToken = token
        })
      for try await response in stream {
        switch response.item {
        case .entry(let entry): positions.append(entry.position ?? -1)
        case .bookmark(let bookmark): token = bookmark.resumeToken
        default: Issue.record("a reset")
        }
        if !token.isEmpty, case .bookmark = response.item { break }
      }
      stream.cancel()
      try await traffic(world, count: 3)
    }
    let end = try await world.auditCount() - 3
    #expect(positions.count >= 7)
    #expect(positions == Array(0..<Int64(positions.count)))
    #expect(Int64(positions.count) <= end)
  }
}
