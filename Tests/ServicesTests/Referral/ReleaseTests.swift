import AuditProof
import Crypto
import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What a receiver gets to see (domain § 1.5, § 11, INV-7).
@Suite("What a referral releases")
struct ReleaseTests {
  /// The pathway, its receiver, and the classes of the receiver's profile.
  struct Profile: Sendable, CustomTestStringConvertible {
    var pathway: PathwayID
    var receiver: PartnerID
    var classes: Set<DataClass>
    var testDescription: String { "\(pathway) to \(receiver)" }
  }

  static let refugee: Set<DataClass> = [.identity, .document, .family, .protection]
  static let work: Set<DataClass> = [.identity, .contact, .employment]
  static let local: Set<DataClass> = [.identity, .contact]
  static let profiles = [
    Profile(pathway: .usrap, receiver: .usRsc, classes: refugee),
    Profile(pathway: .canadaRefugee, receiver: .caGov, classes: refugee),
    Profile(pathway: .spainRefugee, receiver: .esGov, classes: refugee),
    Profile(pathway: .h2a, receiver: .gtMintrab, classes: work),
    Profile(pathway: .h2b, receiver: .gtMintrab, classes: work),
    Profile(pathway: .canadaLabour, receiver: .gtMintrab, classes: work),
    Profile(pathway: .spainLabour, receiver: .gtMintrab, classes: work),
    Profile(pathway: .local, receiver: .unhcr, classes: local.union([.protection])),
    Profile(pathway: .local, receiver: .iom, classes: local),
    Profile(pathway: .local, receiver: .gtMintrab, classes: local),
  ]

  @Test("every profile is tried, on each pathway that leads to its partner for its purpose")
  func everyProfile() {
    let tried = Set(Self.profiles.map { ["\($0.pathway)", "\($0.receiver)"] })
    for profile in ReferenceData.releaseProfiles {
      let pathways = ReferenceData.pathways.filter {
        $0.purpose == profile.purpose && $0.authorities.contains(profile.partner)
      }
      // What no pathway leads to nobody could ever be sent.
      #expect(!pathways.isEmpty, "\(profile.name)")
      for pathway in pathways { #expect(tried.contains(["\(pathway.id)", "\(profile.partner)"])) }
    }
  }

  @Test(
    "every value is of a class of the profile, and every class of the profile is there",
    arguments: profiles)
  func onlyTheProfile(profile: Profile) async throws {
    let scene = try await ReferralCase()
    let schema = try ClassifiedSchema()
    let all = try await scene.world.caller("unhcr/CASEWORKER").applicants.getRegistration(
      .with {
        $0.name = "registrations/\(scene.registration)"
        $0.view = .full
      }
    ).registration
    // Else the test would pass because there was nothing to leave out.
    let classes = Set(DataClass.allCases).subtracting([.operational])
    #expect(try schema.values(in: try #require(all)).map(\.dataClass).asSet.isSuperset(of: classes))

    let sent = try await scene.sent(on: profile.pathway, to: profile.receiver)
    let record = try await scene.release(
      sent, as: scene.receiver(on: profile.pathway, profile.receiver))
    let values = try schema.values(in: try #require(record.registration))
    let leaked = values.filter { !profile.classes.contains($0.dataClass) && !$0.isIdentifier }
    #expect(leaked == [])
    let released = Set(values.filter { !$0.isIdentifier }.map(\.dataClass))
    #expect(released == profile.classes)
    #expect(record.registration?.name == "registrations/\(scene.registration)")
    #expect(record.registration?.persons.count == scene.persons.count)
  }

  @Test(
    "what was left out is named by the schema, the same for every household", arguments: profiles)
  func redactedPaths(profile: Profile) async throws {
    var paths: [[String]] = []
    for seed in [UInt64(1), 2] {
      let scene = try await ReferralCase(seed: seed)
      let record = try await scene.release(
        try await scene.sent(on: profile.pathway, to: profile.receiver),
        as: scene.receiver(on: profile.pathway, profile.receiver))
      paths.append(record.registration?.redactedPaths ?? [])
    }
    #expect(paths[0] == paths[1])
    #expect(paths[0].contains("answers.medical_needs"))
    #expect(paths[0].contains("persons.photo_sha256"))
    #expect(paths[0].contains("persons.phone") == !profile.classes.contains(.contact))
    #expect(paths[0].contains("members") == !profile.classes.contains(.family))
    #expect(
      paths[0].contains("persons.documents.image_sha256") == profile.classes.contains(.document))
    #expect(!paths[0].contains("persons.full_name"))
  }

  @Test("MINTRAB gets what each person can do, and nothing of family, petitioners or reasons")
  func mintrab() async throws {
    let scene = try await ReferralCase()
    let record = try await scene.release(try await scene.sent(on: .h2a), as: scene.mintrab)
    let registration = try #require(record.registration)
    let work = SafeMobility.WorkFacts.with {
      $0.occupationCodes = ["9211"]
      $0.skills = [.fruit]
      $0.drivingLicences = [.e]
      $0.spokenLanguageCodes = ["es-GT"]
      $0.availableFromDate = .with { ($0.year, $0.month) = (2023, 9) }
      $0.availableUntilDate = .with { $0.year = 2024 }
      $0.seasons = [
        .with {
          $0.regionCode = "CA"
          $0.year = 2019
        }
      ]
    }
    #expect(registration.persons.count == scene.persons.count)
    #expect(registration.persons.allSatisfy { $0.work == work })
    #expect(registration.answers?.petitioners == [])
    #expect(registration.answers?.leavingReasons == [])
    for person in registration.persons {
      #expect(person.parents == [] && person.spouse == "" && person.guardian == "")
    }
    let redacted = ["answers.petitioners", "answers.leaving_reasons", "persons.parents"]
    #expect(Set(registration.redactedPaths).isSuperset(of: redacted))
  }

  @Test("resettlement gets the family and why it leaves, and nothing of work")
  func resettlement() async throws {
    let scene = try await ReferralCase()
    let registration = try #require(
      try await scene.release(try await scene.sent(), as: scene.rsc).registration)
    #expect(registration.persons.allSatisfy { $0.work == nil })
    #expect(registration.redactedPaths.contains("persons.work"))
    #expect(registration.answers?.leavingReasons == [.persecution])
    #expect(registration.answers?.protectionNeeds == [.persecution])
    // Of the other pathways it was found eligible for, nothing.
    #expect(registration.findings.map(\.pathway) == ["pathways/USRAP"])
    #expect(registration.findings.map(\.finding) == [.eligible])
  }

  @Test("of a part of the household nothing goes that is said of all of it")
  func part() async throws {
    let scene = try await ReferralCase()
    let some = Array(scene.persons.prefix(2))
    // Those who are not referred need not agree to anything.
    for person in some {
      _ = try await scene.world.consent(
        of: person, in: scene.registration, to: .usRsc, for: .resettlement,
        classes: DataClassSet(classes: DataClass.allCases))
    }
    let sent = try await scene.send(try await scene.draft(persons: some))
    let registration = try #require(
      try await scene.release(sent, as: scene.rsc).registration)
    var answers = try #require(registration.answers)
    answers.petitioners = []
    #expect(answers == .init())
    #expect(registration.findings == [] && registration.invitedPathways == [])
    let names = some.map { "registrations/\(scene.registration)/persons/\($0)" }
    #expect(registration.answers?.petitioners.map(\.beneficiaries) == [names])
    #expect(registration.persons[1].spouse == names[0])
    #expect(registration.persons[1].parents == [])
  }

  @Test("only the persons referred are in it, among the members too")
  func onlyTheReferred() async throws {
    let scene = try await ReferralCase()
    try await scene.consent()
    let some = Array(scene.persons.prefix(2))
    let sent = try await scene.send(try await scene.draft(persons: some))
    let record = try await scene.release(sent, as: scene.rsc)
    #expect(record.registration?.persons.map(\.uid) == some.map(\.rawValue))
    let members = record.registration?.members.map(\.person) ?? []
    #expect(members == ["registrations/\(scene.registration)/persons/\(some[1])"])
    let text = try #require(try record.registration?.jsonString())
    for person in scene.persons.dropFirst(2) { #expect(!text.contains(person.rawValue)) }
  }

  @Test("reading twice gives the same, and the digest to acknowledge is the one sent")
  func acknowledges() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent()
    let first = try await scene.release(sent, as: scene.rsc)
    scene.world.clock.advance(by: .days(3))
    #expect(try await scene.release(sent, as: scene.rsc) == first)
    #expect(first.release?.releaseSha256 == sent.release?.releaseSha256)
    func acknowledge(_ digest: [UInt8]) async throws -> SafeMobility.Referral? {
      try await scene.rsc.acknowledgeReferral(
        .with {
          $0.name = sent.name
          $0.etag = sent.etag
          $0.releaseSha256 = digest
          $0.requestId = requestID()
        }
      ).referral
    }
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await acknowledge([UInt8](repeating: 0, count: 32))
    }
    #expect(refused?.fields == ["release_sha256"])
    #expect(try await acknowledge(first.release?.releaseSha256 ?? [])?.state == .received)
    let entry = try #require(try await scene.world.lastAuditEntries().first)
    #expect(entry.method.hasSuffix("AcknowledgeReferral"))
  }

  @Test("each reading is a disclosure with the release's profile and commitment")
  func disclosure() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent()
    let sending = try #require(try await scene.world.lastAuditEntries().first)
    _ = try await scene.release(sent, as: scene.rsc)
    let reading = try #require(try await scene.world.lastAuditEntries().first)
    #expect(reading.method.hasSuffix("GetRelease"))
    #expect(reading.profile == "us-rsc/USRAP")
    #expect(reading.releaseCommitment == sending.releaseCommitment)
    #expect(reading.releaseCommitment != nil)
    #expect(reading.releasedFields == sending.releasedFields)
  }

  @Test(
    "INV-7: from the log, the keys and what the receiver has, anybody computes what was released",
    arguments: World.StoreKind.allCases)
  func recomputed(_ kind: World.StoreKind) async throws {
    let scene = try await ReferralCase(kind)
    for profile in Self.profiles.filter({ [.usrap, .h2a].contains($0.pathway) }) {
      let sent = try await scene.sent(on: profile.pathway)
      let record = try await scene.release(sent, as: scene.receiver(on: profile.pathway))
      let entry = try #require(try await scene.world.lastAuditEntries().first)
      let released = try #require(record.registration)
      let release = try #require(record.release)
      let head = [sent.name, "\(release.version)", release.profile]
      let digest = try await Self.digest(of: released, in: scene, after: head)
      let key = try await scene.world.store.read { try $0.caseKey(of: scene.registration) }
      #expect(entry.releaseCommitment == Hash.commitment(to: digest, key: key))
      #expect(record.release?.releaseSha256 == digest.bytes)
      // The classes are those of the named profile, and no more.
      let named = try #require(
        ReferenceData.releaseProfiles.first { $0.name == entry.profile })
      #expect(entry.releasedFields == named.classes.bitmap)
      #expect(Set(named.classes.classes) == profile.classes)
      // One field more, one less or another one is another release.
      var changes = [released, released, released]
      changes[0].persons[0].email = "other@example.org"
      changes[1].persons[0].fullName = ""
      changes[2].persons[0].fullName += "x"
      for changed in changes {
        #expect(try await Self.digest(of: changed, in: scene, after: head) != digest)
      }
      _ = try await scene.caseworker.recallReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (sent.name, sent.etag, requestID())
          $0.reason = .sentInError
        })
    }
  }

  /// The commitment to a released record, written here from the rule alone: a keyed digest of each field that is there,
  /// and SHA-256 over them all.
  ///
  /// - Parameter head: the lines before: the referral's name, the release's version and profile
  private static func digest(
    of record: SafeMobility.Registration, in scene: ReferralCase, after head: [String]
  ) async throws -> Domain.Digest {
    let keys = try await scene.world.store.read { reader in
      var keys: [String: [UInt8]] = [:]
      keys[""] = try reader.caseKey(of: scene.registration)
      for person in scene.persons { keys[person.rawValue] = try reader.personKey(of: person) }
      return keys
    }
    var own = record
    (own.persons, own.redactedPaths) = ([], [])
    var all = try head + lines(own, "", keys[""])
    for person in record.persons {
      all += try lines(person, "persons/\(person.uid).", keys[person.uid])
    }
    let hash = SHA256.hash(data: Data(all.joined(separator: "\n").utf8))
    guard let digest = Domain.Digest(Array(hash)) else { throw StoreError.notFound }
    return digest
  }

  /// `path=code` of each field that is there.
  private static func lines<Value: Message>(
    _ message: Value, _ prefix: String, _ bytes: [UInt8]?
  ) throws -> [String] {
    let key = SymmetricKey(data: try #require(bytes))
    let names = try message.withView { $0.presentFields.map(\.name) }
    return try names.map { name in
      let alone = try Value().updated(from: message, mask: GoogleProtobuf.FieldMask(paths: [name]))
      let digest = Data(SHA256.hash(data: try alone.serializedBytes()))
      let code = HMAC<SHA256>.authenticationCode(for: digest, using: key)
      let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      return "\(prefix)\(name)=\(digits.joined())"
    }
  }

  @Test("a correction after the sending is not shown; the log commits to what was")
  func correction() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent()
    let before = try await scene.release(sent, as: scene.rsc)
    let sending = try #require(try await scene.world.lastAuditEntries().first)
    try await scene.world.store.write { tx in
      guard let person = try tx.person(scene.persons[0]) else { throw StoreError.notFound }
      var corrected = person
      corrected.fullName = "Somebody Else"
      corrected.revision.advance(at: tx.now)
      try tx.update(corrected, from: person.revision.version)
    }
    let after = try await scene.release(sent, as: scene.rsc)
    #expect(after.registration?.persons.first?.fullName == "")
    #expect(
      after.registration?.persons.first?.birthDate
        == before.registration?.persons.first?.birthDate)
    #expect(after.registration?.persons.dropFirst() == before.registration?.persons.dropFirst())
    let reading = try #require(try await scene.world.lastAuditEntries().first)
    #expect(reading.releaseCommitment != sending.releaseCommitment)
  }

  @Test("a receiver that has sent it back, or whose referral was recalled, reads nothing more")
  func ended() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent()
    _ = try await scene.release(sent, as: scene.rsc)
    _ = try await scene.caseworker.recallReferral(
      .with {
        $0.name = sent.name
        $0.etag = sent.etag
        $0.reason = .sentInError
        $0.requestId = requestID()
      })
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.release(sent, as: scene.rsc)
    }
  }
}
