import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A method that moves or changes a registration, as the table of domain § 5.1 has it.
struct RegistrationMove: Sendable, CustomTestStringConvertible {
  var event: Registration.Event
  /// Which of the methods with that event, where there are several.
  var method = ""
  var sources: Set<RegistrationState>
  /// Where it leads; nil when the state stays.
  var target: RegistrationState?
  /// What must hold the registration before.
  var holds: RegistrationHolds = []
  var call: @Sendable (RegistrationScene) async throws(RPCError) -> Void

  var testDescription: String { method.isEmpty ? event.rawValue : method }

  static let all: [Self] =
    form + screening + finding + RegistrationMove.edits + RegistrationMove.protection

  private static let form = [
    Self(event: .submit, sources: [.draft], target: .submitted) { (scene) throws(RPCError) in
      _ = try await scene.caller("CONTACT_CENTRE").submitRegistration(
        scene.request(\.name, \.etag, \.requestId))
    },
    Self(
      event: .withdraw,
      sources: [
        .draft, .submitted, .screening, .infoRequested, .invited, .interviewed, .eligible,
        .notEligible, .referred,
      ], target: .withdrawn
    ) { (scene) throws(RPCError) in
      _ = try await scene.caller("CONTACT_CENTRE").withdrawRegistration(
        scene.request(\.name, \.etag, \.requestId))
    },
  ]

  private static let screening = [
    Self(event: .startScreening, sources: [.submitted], target: .screening) {
      (scene) throws(RPCError) in
      _ = try await scene.caller("SCREENER").startScreening(
        scene.request(\.name, \.etag, \.requestId))
    },
    Self(event: .requestInfo, sources: [.screening], target: .infoRequested) {
      (scene) throws(RPCError) in
      _ = try await scene.caller("SCREENER").requestInfo(
        scene.request(\.name, \.etag, \.requestId) { $0.items = [.photo] })
    },
    Self(event: .provideInfo, sources: [.infoRequested], target: .screening) {
      (scene) throws(RPCError) in
      _ = try await scene.caller("CONTACT_CENTRE").provideInfo(
        scene.request(\.name, \.etag, \.requestId))
    },
    Self(event: .screenOut, sources: [.screening], target: .screenedOut) {
      (scene) throws(RPCError) in
      _ = try await scene.caller("SCREENER").screenOut(
        scene.request(\.name, \.etag, \.requestId) {
          $0.reason = .noResponse
          $0.advice = [.legalAid]
        })
    },
    // The sample's first screener is another.
    Self(event: .reopen, sources: [.screenedOut], target: .screening) {
      (scene) throws(RPCError) in
      _ = try await scene.caller("SCREENER").reopenRegistration(
        scene.request(\.name, \.etag, \.requestId))
    },
    Self(event: .invite, sources: [.screening], target: .invited) { (scene) throws(RPCError) in
      _ = try await scene.caller("SCREENER").inviteRegistration(
        scene.request(\.name, \.etag, \.requestId) { $0.serviceKind = .interview })
    },
  ]

  private static let finding = [
    Self(event: .recordEligibility, sources: [.interviewed], target: .eligible) {
      (scene) throws(RPCError) in
      for role in ["INTERVIEWER", "REVIEWER"] {
        _ = try await scene.caller(role).recordEligibility(
          scene.request(\.name, \.etag, \.requestId) {
            $0.findings = [
              .with {
                $0.pathway = "pathways/USRAP"
                $0.finding = .eligible
              }
            ]
          })
      }
    },
    Self(event: .resolve, sources: [.eligible, .notEligible, .referred], target: .resolved) {
      (scene) throws(RPCError) in
      _ = try await scene.caller("CASEWORKER").resolveRegistration(
        scene.request(\.name, \.etag, \.requestId) {
          $0.resolution = .with { $0.outcome = .none_ }
        })
    },
  ]
}
