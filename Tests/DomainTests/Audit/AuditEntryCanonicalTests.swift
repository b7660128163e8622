import Domain
import Testing

@Suite struct AuditEntryCanonicalTests {
  static let entry = AuditEntry(
    log: "safemobility", id: AuditEntryID(checked: String(repeating: "0", count: 27)),
    eventTime: Fixture.now, partner: .usRsc, role: .partnerOfficer,
    userPseudonym: Fixture.bytes(1), purpose: .resettlement, casePseudonym: Fixture.bytes(2),
    method: "safemobility.v1.ReferralService/AcceptReferral", verdict: .allow,
    policyVersion: "2023.1", requestCommitment: Fixture.bytes(3),
    responseCommitment: Fixture.bytes(4), profile: "us-rsc/USRAP", releasedFields: [0xA0, 1],
    stateBefore: 3, versionBefore: Version(rawValue: 5), stateAfter: 4,
    versionAfter: Version(rawValue: 6))

  /// Computed by a separate program from the ground plan's words.
  @Test("the digest of a known entry is the golden one")
  func golden() {
    #expect(Self.entry.canonicalBytes.count == 416)
    let digest = Sha256.digest(Self.entry.canonicalBytes)
    #expect(
      digest.description == "b789aadff9f1c8e3ebe3b650b74a3b83c86425cc453685f93e7c3ba5a8102480")
    let leaf = MerkleTree.leafBytes(
      position: 0, sequencedTime: Fixture.now + .microseconds(1), entryDigest: digest)
    #expect(
      MerkleTreeTests.tree.leafHash(leaf).description
        == "12c75bdbe18759cc140a1f03209b3d9813b68307bdba1d2d0b274469a28128c9")
  }

  @Test("every field but the internal reason changes the bytes")
  func fields() {
    let changes: [(inout AuditEntry) -> Void] = [
      { $0.log = "other" }, { $0.id = Fixture.id(1) }, { $0.eventTime = .earliest },
      { $0.partner = nil }, { $0.agency = "" }, { $0.role = .auditor },
      { $0.userPseudonym = nil }, { $0.purpose = nil }, { $0.casePseudonym = nil },
      { $0.method = "" }, { $0.verdict = .deny }, { $0.policyVersion = "2" },
      { $0.requestCommitment = Fixture.bytes(9) }, { $0.responseCommitment = nil },
      { $0.profile = nil }, { $0.releasedFields = nil },
      { $0.releaseCommitment = Fixture.bytes(9) }, { $0.stateBefore = nil },
      { $0.versionBefore = nil }, { $0.stateAfter = 5 }, { $0.versionAfter = nil },
    ]
    var seen: Set<[UInt8]> = [Self.entry.canonicalBytes]
    for change in changes {
      var entry = Self.entry
      change(&entry)
      #expect(seen.insert(entry.canonicalBytes).inserted)
    }
    var entry = Self.entry
    entry.internalReason = "hidden"
    #expect(entry.canonicalBytes == Self.entry.canonicalBytes)
  }

  @Test("elements have lengths, absence is FFFFFFFF and nothing else")
  func elements() {
    func bytes(_ fill: (inout CanonicalBytes) -> Void) -> [UInt8] {
      var form = CanonicalBytes()
      fill(&form)
      return form.bytes
    }
    #expect(bytes { $0.append("é") } == [0, 0, 0, 2, 0xC3, 0xA9])
    #expect(bytes { $0.append("") } == [0, 0, 0, 0])
    #expect(bytes { $0.append(String?.none) } == [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(bytes { $0.append(Int64(1)) } == [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(bytes { $0.append(Int64(-1)) }.dropFirst(4).allSatisfy { $0 == 0xFF })
    #expect(bytes { $0.append(Fixture.digest) }.count == 36)
  }
}
