import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("Who sees what of a registration")
struct ViewTests {
  @Test("the basic view leaves out the people, what was asked and what was found")
  func basic() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    for view in [SafeMobility.View.unspecified, .basic] {
      let basic = try await dossier.read(draft, view)
      #expect(basic.persons.isEmpty)
      #expect(basic.answers == nil)
      #expect(basic.receipt == draft.receipt)
      #expect(basic.members == draft.members)
      #expect(basic.redactedPaths.isEmpty)
    }
    let listed = try await dossier.agent.listRegistrations(.with { $0.view = .full })
    #expect(listed.registrations == [draft])
  }

  @Test("the front desk sees names, faces and papers, and is told what it does not see")
  func frontDesk() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let added = try await dossier.document(of: draft) {
      $0.type = .passport
      $0.issuingRegionCode = "GT"
      $0.mrzLines = DocumentTests.utopia
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await dossier.client("iom/FRONT_DESK").getRegistration(.with { $0.name = draft.name })
    }
    try await dossier.expect(draft)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await dossier.client("unhcr/FRONT_DESK").getRegistration(
        .with { $0.name = draft.name })
    }
    let answer = try await dossier.client("iom/FRONT_DESK").getRegistration(
      .with {
        $0.name = draft.name
        $0.view = .full
      })
    let seen = try #require(answer.registration)
    #expect(seen.persons.map(\.fullName) == draft.persons.map(\.fullName))
    #expect(seen.persons[0].documents.map(\.number) == [added.document?.number])
    #expect(seen.persons[0].documents.allSatisfy { $0.mrz == nil && $0.mrzLines.isEmpty })
    #expect(seen.persons.allSatisfy { $0.birthDate == nil && $0.phone.isEmpty })
    #expect(seen.answers == nil)
    #expect(seen.subdivisionCode.isEmpty)
    #expect(seen.members.isEmpty)
    #expect(seen.redactedPaths.contains("answers"))
    #expect(seen.redactedPaths.contains("persons.birth_date"))
    // They follow the schema, not the content: another registration has the same.
    let other = try await dossier.draft { $0.members = [] }
    try await dossier.expect(other)
    let second = try await dossier.client("iom/FRONT_DESK").getRegistration(
      .with { $0.name = other.name })
    #expect(second.registration?.redactedPaths == seen.redactedPaths)
  }

  @Test("nor does the front desk see the zone in the answer to what it does with a document")
  func frontDeskDocuments() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let added = try await dossier.document(of: draft) {
      $0.type = .passport
      $0.issuingRegionCode = "GT"
      $0.mrzLines = DocumentTests.utopia
    }
    let document = try #require(added.document)
    #expect(document.mrz != nil && !document.mrzLines.isEmpty)
    try await dossier.expect(draft)
    let desk = dossier.client("iom/FRONT_DESK")
    let check = SafeMobility.VerifyDocumentRequest.with {
      ($0.name, $0.etag, $0.requestId) = (document.name, document.etag, requestID())
      $0.outcome = .genuine
    }
    // Nor where a colleague has had the answer before, in another role.
    #expect(try await dossier.screener.verifyDocument(check).document?.mrz != nil)
    for request in [check, again(check, try await dossier.read(draft))] {
      let seen = try #require(try await desk.verifyDocument(request).document)
      #expect(seen.number == document.number)
      #expect(seen.mrz == nil && seen.mrzLines.isEmpty)
    }
    let copy = SafeMobility.AddDocumentRequest.with {
      ($0.parent, $0.requestId) = (draft.name, requestID())
      $0.document = .with {
        $0.person = draft.principal
        ($0.type, $0.issuingRegionCode, $0.number) = (.passport, "GT", "L898902C")
        $0.mrzLines = DocumentTests.utopia
      }
    }
    let answer = try await desk.addDocument(copy)
    #expect(answer.document?.number == "L898902C")
    #expect(answer.document?.mrz == nil && answer.document?.mrzLines == [])
    #expect(answer.registration?.persons.contains { $0.birthDate != nil } == false)
  }

  /// The same check of the document as it is by now.
  private func again(
    _ request: SafeMobility.VerifyDocumentRequest, _ registration: SafeMobility.Registration
  ) -> SafeMobility.VerifyDocumentRequest {
    var request = request
    let documents = registration.persons.flatMap(\.documents)
    request.etag = documents.first { $0.name == request.name }?.etag ?? ""
    request.requestId = requestID()
    return request
  }

  @Test("a receipt finds the registration for whoever may see it, and grants nothing")
  func receipt() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let typed = draft.receipt.lowercased()
    let found = try await dossier.screener.lookupReceipt(.with { $0.receipt = typed })
    #expect(found.registration?.name == draft.name)
    #expect(found.registration?.persons.isEmpty == true)
    var random = SystemRandomNumberGenerator()
    let unknown = Receipt(using: &random).rawValue
    var denials: [Refused?] = []
    denials.append(
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await dossier.screener.lookupReceipt(.with { $0.receipt = unknown })
      })
    denials.append(
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await dossier.applicant("other").lookupReceipt(
          .with { $0.receipt = draft.receipt })
      })
    #expect(denials[0] == denials[1])
  }

  @Test("a list goes over pages, the longest waiting first, and by state")
  func list() async throws {
    let dossier = try await ApplicantCase()
    var names: [String] = []
    for _ in 0..<5 {
      names.append(try await dossier.draft().name)
      dossier.world.clock.advance(by: .minutes(1))
    }
    var listed: [String] = []
    var token = ""
    repeat {
      let page = try await dossier.screener.listRegistrations(
        .with {
          $0.pageSize = 2
          $0.pageToken = token
        })
      #expect(page.registrations.count <= 2)
      listed += page.registrations.map(\.name)
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(listed == names)
    let submitted = try await dossier.screener.listRegistrations(
      .with { $0.filter = "state = SUBMITTED" })
    #expect(submitted.registrations.isEmpty)
  }
}
