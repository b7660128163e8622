import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// Domain § 10, 9: whether somebody may be known, asked without a name.
@Suite("Presence")
struct PresenceTests {
  private static let program = ReferenceData.pilotID
  private static var key: PresenceKey { World.secrets.presenceKey(of: program) }

  static func person(_ name: String, _ born: CivilDate?) -> Person {
    var random = SystemRandomNumberGenerator()
    let id = PersonID(using: &random)
    return Person(
      id: id, registration: RegistrationID(using: &random), cluster: id, fullName: name,
      nameSystem: .other, birthDate: born, revision: Revision(createdAt: World.opening))
  }

  static func request(
    _ name: String, _ born: CivilDate?
  ) throws -> SafeMobility.CheckPresenceRequest {
    let digests = try #require(key.digests(of: person(name, born)))
    return .with {
      $0.program = "programs/\(program)"
      $0.skeletonDigests = digests.map(\.bytes)
      $0.algorithmVersion = PresenceKey.algorithmVersion
    }
  }

  private static let born = CivilDate(year: 1990, month: 2, day: 28)

  @Test(
    "who is registered may be known, by any spelling; nobody else is",
    arguments: World.StoreKind.allCases)
  func answers(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let first = try await scene.submitted()
    func ask(_ name: String, _ born: CivilDate? = Self.born) async throws -> SafeMobility.Presence {
      let request = try Self.request(name, born)
      return try await scene.dossier.screener.checkPresence(request).presence
    }
    #expect(try await ask("Marta Xol Caal") == .possible)
    #expect(try await ask("Kaal Shol Martha") == .possible)
    #expect(try await ask("Marta Xol") == .possible)
    #expect(try await ask("Marta Xol Caal", CivilDate(year: 1990)) == .possible)
    // One name and the birthday are many people's.
    #expect(try await ask("Rosa Xol Pop") == .none_)
    #expect(try await ask("Marta Xol Caal", CivilDate(year: 1971, month: 6, day: 3)) == .none_)
    // Who has left is not known any more, and a draft is nobody yet.
    try await scene.withdraw(first)
    _ = try await scene.form()
    #expect(try await ask("Marta Xol Caal") == .none_)
  }

  @Test(
    "the home government's bodies are not answered, nor is who may not know of a protected case")
  func whoAsks() async throws {
    let scene = try await DuplicateScene()
    let first = try await scene.submitted()
    for partner in ["gt-minex", "us-rsc"] {
      try await scene.world.permitEverything(to: PartnerID(checked: partner))
    }
    let request = try Self.request("Marta Xol Caal", Self.born)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.dossier.client("gt-minex/SCREENER").checkPresence(request)
    }
    let other = scene.dossier.client("us-rsc/SCREENER")
    #expect(try await other.checkPresence(request).presence == .possible)
    try await scene.world.store.write { tx in
      let id = try #require(RegistrationID(rawValue: first.uid))
      var registration = try #require(try tx.registration(id))
      let version = registration.revision.version
      registration.holds.insert(.protection)
      registration.revision.advance(at: tx.now)
      try tx.update(registration, from: version)
    }
    #expect(try await other.checkPresence(request).presence == .none_)
    #expect(try await scene.dossier.screener.checkPresence(request).presence == .possible)
  }

  @Test(
    "every question is in the log before it is answered, whatever the answer",
    arguments: World.StoreKind.allCases)
  func logged(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    _ = try await scene.submitted()
    for name in ["Marta Xol Caal", "Pedro Choc Pop"] {
      let before = try await scene.world.auditCount()
      let request = try Self.request(name, Self.born)
      _ = try await scene.dossier.screener.checkPresence(request)
      #expect(try await scene.world.auditCount() == before + 1)
      let entry = try #require(try await scene.world.lastAuditEntries().last)
      #expect(entry.method.hasSuffix("/CheckPresence") && entry.verdict == .allow)
      // Of whom it was asked nobody learns from the log.
      #expect(entry.casePseudonym == nil && entry.responseCommitment != nil)
    }
  }

  @Test("another version of the skeletons is told so, and a digest is a digest")
  func form() async throws {
    let scene = try await DuplicateScene()
    var request = try Self.request("Marta Xol Caal", Self.born)
    request.algorithmVersion = "0"
    await expectRefusal("FIELD_INVALID", .invalidArgument) { [request] in
      _ = try await scene.dossier.screener.checkPresence(request)
    }
    request = try Self.request("Marta Xol Caal", Self.born)
    request.skeletonDigests = Array(request.skeletonDigests.prefix(2))
    await expectRefusal("FIELD_INVALID", .invalidArgument) { [request] in
      _ = try await scene.dossier.screener.checkPresence(request)
    }
  }

  @Test("a partner that asks without end is told to wait, whoever asks for it; others are not")
  func rate() async throws {
    let scene = try await DuplicateScene()
    let request = try Self.request("Marta Xol Caal", Self.born)
    for number in 0..<Limits.standard.presenceCheckCountMax {
      _ = try await scene.world.caller("iom/SCREENER", user: "u\(number)").applicants
        .checkPresence(request)
    }
    await expectRefusal("OVERLOADED", .resourceExhausted) {
      _ = try await scene.dossier.reviewer("iom").checkPresence(request)
    }
    _ = try await scene.dossier.reviewer("unhcr").checkPresence(request)
    scene.world.clock.advance(by: .hours(1))
    _ = try await scene.dossier.screener.checkPresence(request)
  }

  @Test("who has the database alone has no key, digest or name's sound")
  func blind() async throws {
    let scene = try await DuplicateScene(.sqlite)
    _ = try await scene.submitted()
    let person = Self.person("Marta Xol Caal", Self.born)
    let digests = try #require(Self.key.digests(of: person))
    let bytes = try scene.world.storedBytes()
    for digest in digests { #expect(bytes.range(of: Data(digest.bytes)) == nil) }
    for text in ["\(NameSkeleton.version)|D|", "MARTA", "1990-2-28"] {
      #expect(bytes.range(of: Data(text.utf8)) == nil)
    }
    #expect(bytes.range(of: Data(Self.key.bytes)) == nil)
    let other = World.secrets.presenceKey(of: ProgramID(checked: "another"))
    #expect(other.digests(of: person) != digests)
  }
}

extension ApplicantCase {
  fileprivate func reviewer(_ partner: String) -> SafeMobility.ApplicantServiceClient {
    client("\(partner)/REVIEWER")
  }
}
