import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage

// Changes that keep the state.
extension RegistrationMove {
  /// Until the case has ended.
  private static let open: Set<RegistrationState> = [
    .draft, .submitted, .screening, .infoRequested, .invited, .interviewed, .eligible,
    .notEligible, .referred,
  ]

  /// Until the invitation, when the household's size is settled.
  private static let uninvited: Set<RegistrationState> = [
    .draft, .submitted, .screening, .infoRequested,
  ]

  /// From the moment on when it is handed in.
  private static let underWay = open.subtracting([.draft])

  /// The hold that hides a case, set and lifted.
  static let protection = [
    Self(event: .protect, sources: underWay) { (scene) throws(RPCError) in
      _ = try await scene.caller("REVIEWER").setProtectionHold(
        scene.request(\.name, \.etag, \.requestId) { $0.hold = true })
    },
    Self(event: .unprotect, sources: underWay, holds: .protection) { (scene) throws(RPCError) in
      _ = try await scene.caller("SUPERVISOR").setProtectionHold(
        scene.request(\.name, \.etag, \.requestId) { $0.hold = false })
    },
  ]

  static let edits = [
    Self(event: .update, sources: open) { (scene) throws(RPCError) in
      _ = try await scene.caller("CONTACT_CENTRE").updateRegistration(
        .with {
          $0.registration = .with {
            $0.name = scene.name
            $0.languageCode = "mam"
          }
          $0.updateMask = .with { $0.paths = ["language_code"] }
          $0.etag = scene.registration.etag.text
          $0.requestId = requestID()
        })
    },
    Self(event: .update, method: "UpdatePerson", sources: open) { (scene) throws(RPCError) in
      let person = scene.principal
      _ = try await scene.caller("CONTACT_CENTRE").updatePerson(
        .with {
          $0.person = .with {
            $0.name = "\(scene.name)/persons/\(person.id)"
            $0.phone = "+50255550199"
          }
          $0.updateMask = .with { $0.paths = ["phone"] }
          $0.etag = person.etag.text
          $0.requestId = requestID()
        })
    },
    Self(event: .update, method: "AddDocument", sources: open) { (scene) throws(RPCError) in
      _ = try await scene.caller("CONTACT_CENTRE").addDocument(
        .with {
          $0.parent = scene.name
          $0.document = .with {
            $0.person = "\(scene.name)/persons/\(scene.principal.id)"
            $0.type = .dpi
            $0.number = "1234567899901"
          }
          $0.requestId = requestID()
        })
    },
    Self(event: .addMember, sources: uninvited) { (scene) throws(RPCError) in
      _ = try await scene.caller("CONTACT_CENTRE").addPerson(
        .with {
          $0.parent = scene.name
          $0.person = ApplicantCase.person("Ana Quej Xol", 2020, 5, 17)
          $0.relationship = .child
          $0.requestId = requestID()
        })
    },
    Self(event: .removeMember, sources: uninvited) { (scene) throws(RPCError) in
      let spouse = scene.household.persons[1]
      _ = try await scene.caller("CONTACT_CENTRE").removePerson(
        .with {
          $0.name = "\(scene.name)/persons/\(spouse.id)"
          $0.etag = spouse.etag.text
          $0.requestId = requestID()
        })
    },
  ]
}
