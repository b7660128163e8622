import Domain
import Foundation
import Protobuf
import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Documents")
struct DocumentTests {
  @Test(
    "a number that looks wrong is taken with a warning",
    arguments: [
      ("1234567890101", [SafeMobility.DocumentWarning]()),
      ("1234 56789 0101", []),
      ("1234567880101", [.cuiCheckFailed]),
      ("1000000100101", []), ("2000000800101", [.cuiCheckAmbiguous]),
      ("1234567899901", [.cuiPlaceUnknown]),
      ("12345", [.cuiCheckFailed]),
    ])
  func cui(_ number: String, _ warnings: [SafeMobility.DocumentWarning]) async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let added = try await dossier.document(of: draft) { $0.number = number }
    #expect(added.document?.warnings == warnings)
    #expect(added.document?.number == number)
    #expect(added.registration?.persons[0].documents == [try #require(added.document)])
    let uid = try #require(added.document?.uid)
    #expect(try await dossier.world.events(of: .document, uid).map(\.type) == ["Create"])
    #expect(try await dossier.history(draft) == ["Create", "Update"])
  }

  /// ICAO 9303, part 4, appendix B: the passport of Utopia, which expired in 2012.
  static let utopia = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
  ]

  @Test("a machine-readable zone is kept, read and checked")
  func zone() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft {
      $0.principal?.birthDate = .with { ($0.year, $0.month, $0.day) = (1974, 8, 12) }
    }
    let added = try await dossier.document(of: draft) {
      $0.type = .passport
      $0.issuingRegionCode = "GT"
      $0.number = "L898902C3"
      $0.mrzLines = Self.utopia
    }
    let document = try #require(added.document)
    #expect(document.mrzLines == Self.utopia)
    #expect(document.mrz?.surname == "ERIKSSON")
    #expect(document.mrz?.documentNumber == "L898902C3")
    #expect(document.mrz?.compositeCheck == .passed)
    #expect(document.warnings.isEmpty)
    let other = try await dossier.document(of: draft) {
      $0.type = .passport
      $0.issuingRegionCode = "GT"
      $0.number = "X1"
      $0.mrzLines = [Self.utopia[0], Self.utopia[1].replacing("740812", with: "740813")]
    }
    #expect(other.document?.warnings == [.mrzCheckFailed, .mrzMismatch])
    #expect(other.document?.mrz?.birthDateCheck == .failed)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.document(of: draft) { $0.mrzLines = [Self.utopia[0]] }
    }
    #expect(refused?.fields == ["document.mrz_lines"])
  }

  @Test(
    "a zone that says another number, issuer or birth date is taken with a warning",
    arguments: [
      ("L898902C3", "GT", 1974, [SafeMobility.DocumentWarning]()),
      ("L898902C4", "GT", 1974, [.mrzMismatch]), ("L898902C3", "GT", 1975, [.mrzMismatch]),
      ("L898902C3", "HN", 1974, [.mrzMismatch]), ("L898902C3", "HN", 1960, [.mrzMismatch]),
    ])
  func mismatch(
    _ number: String, _ issuer: String, _ year: Int32, _ warnings: [SafeMobility.DocumentWarning]
  ) async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft {
      $0.principal?.birthDate = .with { ($0.year, $0.month, $0.day) = (year, 8, 12) }
    }
    let added = try await dossier.document(of: draft) {
      ($0.type, $0.issuingRegionCode, $0.number) = (.passport, issuer, number)
      $0.mrzLines = Self.utopia.map { $0.replacing("UTO", with: "GTM") }
    }
    #expect(added.document?.warnings == warnings)
  }

  @Test("a passport is somebody's only with its issuer, and a person has not any number of papers")
  func limits() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.document(of: draft) { $0.type = .passport }
    }
    #expect(refused?.fields == ["document.issuing_region_code"])
    for _ in 0..<Limits.standard.documentCountMax { _ = try await dossier.document(of: draft) }
    let full = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.document(of: draft)
    }
    #expect(full?.fields == ["document.person"])
  }

  @Test("a number is needed unless it is said that there is no document")
  func number() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.document(of: draft) { $0.number = "" }
    }
    #expect(refused?.fields == ["document.number"])
    let none = try await dossier.document(of: draft) {
      $0.type = .none_
      $0.number = ""
    }
    #expect(none.document?.type == SafeMobility.DocumentType.none_)
    let contradicted = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.document(of: draft) { ($0.type, $0.number) = (.none_, "12345") }
    }
    #expect(contradicted?.fields == ["document.number"])
  }

  @Test("what the original showed is recorded, once per version")
  func verify() async throws {
    let dossier = try await ApplicantCase()
    let added = try await dossier.document(of: try await dossier.draft())
    let document = try #require(added.document)
    let request = { (id: String) in
      SafeMobility.VerifyDocumentRequest.with {
        $0.name = document.name
        $0.outcome = .genuine
        $0.etag = document.etag
        $0.requestId = id
      }
    }
    let desk = dossier.client("iom/INTERVIEWER")
    let verified = try #require(try await desk.verifyDocument(request(requestID())).document)
    #expect(verified.verification?.outcome == .genuine)
    #expect(verified.verification?.verifier == "iom/INTERVIEWER")
    #expect(verified.etag != document.etag)
    #expect(
      try await dossier.world.events(of: .document, document.uid).map(\.type) == [
        "Create", "Update",
      ])
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      _ = try await desk.verifyDocument(request(requestID()))
    }
    let other = try await dossier.draft()
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await desk.verifyDocument(
        .with {
          $0.name = document.name.replacing(added.registration?.name ?? "", with: other.name)
          $0.outcome = .genuine
          $0.etag = verified.etag
          $0.requestId = requestID()
        })
    }
  }

  @Test("neither number nor zone is on the disk in clear, in the document or in the kept answer")
  func sealed() async throws {
    let dossier = try await ApplicantCase(.sqlite)
    let draft = try await dossier.draft()
    let zone = [
      "P<GTMXOL<CAAL<<MARTA<<<<<<<<<<<<<<<<<<<<<<<<",
      "GT12345673GTM9002281F3006117<<<<<<<<<<<<<<02",
    ]
    let added = try await dossier.document(of: draft) {
      $0.type = .passport
      $0.issuingRegionCode = "GT"
      $0.number = "GT1234567"
      $0.mrzLines = zone
    }
    let request = requestID()
    func again() async throws -> SafeMobility.VerifyDocumentResponse {
      try await dossier.client("iom/INTERVIEWER").verifyDocument(
        .with {
          $0.name = added.document?.name ?? ""
          $0.outcome = .genuine
          $0.etag = added.document?.etag ?? ""
          $0.requestId = request
        })
    }
    // It is all there for who may see it, twice even.
    let verified = try await again()
    #expect(verified.document?.number == "GT1234567")
    #expect(verified.document?.mrzLines == zone)
    #expect(try await again() == verified)
    let bytes = try dossier.world.storedBytes()
    #expect(bytes.range(of: Data(draft.receipt.utf8)) != nil)
    for secret in ["GT1234567"] + zone { #expect(bytes.range(of: Data(secret.utf8)) == nil) }
  }

  @Test("equal numbers have equal blind indexes under one key, however they are typed")
  func blindIndex() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let keys = try [UInt8(1), 2].map {
      try #require(Secrets(key: [UInt8](repeating: $0, count: 32)))
    }
    #expect(Secrets(key: [1]) == nil)
    var indexes: [Digest?] = []
    for (secrets, number, type) in [
      (keys[0], "1234567899901", SafeMobility.DocumentType.dpi),
      (keys[0], "1234 56789 9901", .dpi), (keys[0], "1234567899901", .passport),
      (keys[1], "1234567899901", .dpi),
    ] {
      indexes.append(try await index(number, type, of: draft, secrets, dossier.world))
    }
    #expect(indexes[0] != nil)
    #expect(indexes[0] == indexes[1])
    #expect(Set(indexes[..<4].compactMap { $0 }).count == 3)
  }

  /// The index of a document added at a desk with these keys.
  private func index(
    _ number: String, _ type: SafeMobility.DocumentType, of registration: SafeMobility.Registration,
    _ secrets: Secrets, _ world: World
  ) async throws -> Digest? {
    let desk = try Desk(store: world.store, secrets: secrets)
    let client = RPCClient(
      transport: InProcessTransport(router: ProgrammeServices.router(at: desk)),
      metadata: [
        "pasarela-dev-identity": "iom/CONTACT_CENTRE", "pasarela-purpose": "PROCESSING",
      ])
    let answer = try await SafeMobility.ApplicantServiceClient(client).addDocument(
      .with {
        $0.parent = registration.name
        $0.document = .with {
          $0.person = registration.principal
          $0.type = type
          $0.number = number
          $0.issuingRegionCode = "GT"
        }
        $0.requestId = requestID()
      })
    let id = DocumentID(checked: try #require(answer.document).uid)
    return try await world.store.read { try $0.document(id)?.numberIndex }
  }
}
