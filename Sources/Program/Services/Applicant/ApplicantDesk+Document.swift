import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  public func addDocument(
    _ request: SafeMobility.AddDocumentRequest, call: ServerCall
  ) async throws -> SafeMobility.AddDocumentResponse {
    try await desk.change(
      request, id: \.requestId, about: request.parent, repeating: Self.repeatAdded, call
    ) { work in
      let message = request.document ?? .init()
      let parent = try work.registration(RegistrationID(name: request.parent))
      let (registration, person) = try work.person(named: message.person)
      guard registration.id == parent.id else {
        throw Refusal.field("document.person", "must be a person of the registration")
      }
      let present = try work.tx.documents(of: person.id)
      guard present.count < work.limits.documentCountMax else {
        throw Refusal.field("document.person", "has as many documents as a person may have")
      }
      let document = try work.document(message, of: person)
      let matched = try work.matched(
        registration, persons: [person], documents: present + [document])
      var machine = RegistrationMachine(matched, limits: work.limits)
      let change = try machine.update(to: registration, at: work.now)
      try work.tx.insert(document)
      try work.note(.document, document.id, .created(document.revision))
      try work.store(change)
      return try .with {
        $0.document = work.message(for: document, of: registration.id)
        $0.registration = try work.message(for: change.entity, view: .full)
      }
    }
  }

  public func verifyDocument(
    _ request: SafeMobility.VerifyDocumentRequest, call: ServerCall
  ) async throws -> SafeMobility.VerifyDocumentResponse {
    try await desk.change(
      request, id: \.requestId, about: request.name, repeating: Self.repeatVerified, call
    ) { work in
      let ids = try NestedName.ids(in: request.name, "registrations", "documents")
      let registration = try work.registration(NestedName.id(ids[0]))
      var document = try work.found(try work.tx.document(NestedName.id(ids[1])))
      guard registration.persons.contains(document.person) else {
        throw Refusal.denied(.otherParent)
      }
      try document.etag.require(request.etag)
      let version = document.revision.version
      document.verification = DocumentVerification(
        outcome: try VerificationOutcome(request.outcome, field: "outcome"),
        verifier: work.caller.actor, verifyTime: work.now)
      document.revision.advance(at: work.now)
      try work.tx.update(document, from: version)
      // What was seen says more of a number than what was typed.
      let persons = try work.tx.persons(of: registration.id).filter { $0.id == document.person }
      try work.searchAgain(registration, for: persons)
      try work.note(.document, document.id, .updated(document.revision))
      return .with { $0.document = work.message(for: document, of: registration.id) }
    }
  }

  // A kept answer may have been made for another of the partner's roles.

  private static func repeatAdded(
    _ kept: SafeMobility.AddDocumentResponse, _ work: inout Writing
  ) throws -> SafeMobility.AddDocumentResponse {
    try .with {
      $0.document = kept.document.map { work.seen($0) }
      $0.registration = try kept.registration.map { try work.seen($0) }
    }
  }

  private static func repeatVerified(
    _ kept: SafeMobility.VerifyDocumentResponse, _ work: inout Writing
  ) -> SafeMobility.VerifyDocumentResponse {
    .with { $0.document = kept.document.map { work.seen($0) } }
  }
}
