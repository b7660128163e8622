import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@testable import Services

/// The access matrix's second half: every method that names a record of somebody's, as every role, on one that is the
/// caller's own and on one that is not. Requests are made from the schema; what is expected, from its annotations.
@Suite("Access by method, role and whose record it is")
struct OwnForeignMatrixTests {
  /// What a caller was told.
  private enum Told: Hashable {
    case denied
    /// The record was looked at; what it says of the rest is another matter.
    case reached(String)
  }

  /// Whose the record is: of the caller's side, or of somebody else's.
  private enum Side: CaseIterable { case own, foreign }

  /// What the schema calls the ways in which a role's records are narrowed to its own.
  private static func kinds(of role: Role) -> Set<String> {
    switch role {
    case .applicant: ["OWN_REGISTRATION"]
    case .frontDesk: ["OWN_OFFICE"]
    case .partnerOfficer: ["RECEIVED_REFERRAL"]
    case .caseworker, .reviewer, .supervisor, .dpo: ["SENT_REFERRAL"]
    default: []
    }
  }

  /// Methods of the contract that are not served yet.
  private static let unserved: Set = ["safemobility.v1.ApplicantService/BatchGetRegistrations"]

  /// Cells in which a role that the schema names reaches nothing: a receiver reads what a referral releases, by
  /// GetRelease, and never the registration itself.
  private static func isShut(_ method: DescribedMethod, _ role: Role) -> Bool {
    method.name.hasSuffix("/GetRegistration") && role == .partnerOfficer
  }

  private static func call(
    _ scene: RecordScene, _ method: DescribedMethod, _ request: [UInt8], _ role: Role, _ side: Side
  ) async throws -> Told {
    do throws(RPCError) {
      _ = try await scene.world.transport.unary(
        method.descriptor, request: request,
        metadata: scene.caller(role, isOwn: side == .own, on: method).metadata,
        options: CallOptions())
      return .reached("OK")
    } catch {
      let reason = Refused(error)?.reason ?? error.code.name
      return reason == "ACCESS_DENIED" ? .denied : .reached(reason)
    }
  }

  @Test("every method gives every role its own records and nobody else's")
  func matrix() async throws {
    let methods = try SchemaText().methods.filter {
      !$0.isStreaming && RecordScene.names($0) && !Self.unserved.contains($0.name)
    }
    #expect(methods.count > 50)
    let validator = try RequestValidator()
    var cells: [Told: Int] = [.denied: 0]
    var count = 0
    for method in methods {
      // A scene of its own for each, so that what one has changed is nothing to the others.
      let scene = try await RecordScene()
      let request = try scene.request(of: method)
      #expect(throws: Never.self, "\(method.name)") {
        try scene.check(request, of: method, validator)
      }
      for role in Role.allCases where role != .system && role != .anonymous {
        for side in Side.allCases {
          let told = try await Self.call(scene, method, request, role, side)
          let mayCall = method.firstPersons.union(method.secondPersons).contains(role.name)
          let reaches = mayCall && side == .own && !Self.isShut(method, role)
          let isExpected = reaches == (told != .denied)
          #expect(isExpected, "\(method.name) as \(role.name) on \(side): \(told)")
          if reaches, case .reached(let reason) = told {
            #expect(!["UNIMPLEMENTED", "INTERNAL", "UNKNOWN"].contains(reason), "\(method.name)")
          }
          cells[told, default: 0] += 1
          count += 1
        }
      }
    }
    // No cell is left out, and neither half of them is empty.
    #expect(count == methods.count * (Role.allCases.count - 2) * Side.allCases.count)
    let denied = cells[.denied] ?? 0
    #expect(denied > 1_000 && count - denied > 100, "\(cells)")
  }

  @Test("each role that the schema narrows is narrowed by a kind that it names")
  func narrowed() throws {
    let kinds = try SchemaText().subjects
    let described = try SchemaText().methods.filter { RecordScene.names($0) }
    var checked = 0
    for method in described {
      for role in [Role.applicant, .frontDesk, .partnerOfficer]
      where method.roles.contains(role.name) {
        #expect(
          !Self.kinds(of: role).isDisjoint(with: kinds[method.name] ?? []),
          "\(method.name) as \(role.name)")
        checked += 1
      }
    }
    #expect(checked > 30)
  }
}
