import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@testable import Services

/// The access matrix's second half: every method that has to do with records of somebody's, as every role, on what is the
/// caller's own, on what is its nearest neighbour's and on what is far from it. Requests are made from the schema; what is
/// expected, from its annotations. Which methods these are: ``MethodPart``; ``RecordListTests`` asks lists and streams.
@Suite("Access by method, role and whose record it is", .timeLimit(.minutes(5)))
struct OwnForeignMatrixTests {
  /// What a caller was told.
  private enum Told: Hashable {
    case denied
    /// The record was looked at; what it says of the rest is another matter.
    case reached(String)
  }

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

  /// Cells in which a role that the schema names reaches nothing: a receiver reads what a referral releases, by
  /// GetRelease, and never the registration itself.
  private static func isShut(_ method: DescribedMethod, _ role: Role) -> Bool {
    method.name.hasSuffix("/GetRegistration") && role == .partnerOfficer
  }

  /// Who may call: the first person of a move, or its second.
  static func mayCall(_ method: DescribedMethod, _ role: Role) -> Bool {
    method.firstPersons.union(method.secondPersons).contains(role.name)
  }

  /// Whether a caller reaches a record of a case: of its neighbour's only where the schema does not narrow its role.
  static func reaches(
    _ method: DescribedMethod, _ role: Role, _ side: RecordScene.Side, _ subjects: Set<String>
  ) -> Bool {
    guard mayCall(method, role), !isShut(method, role) else { return false }
    return switch side {
    case .own: true
    case .nearest: kinds(of: role).isDisjoint(with: subjects)
    case .foreign: false
    }
  }

  /// Whom a certificate can name.
  static let roles = Role.allCases.filter(\.isCertified)

  private static func call(
    _ scene: RecordScene, _ method: DescribedMethod, _ request: [UInt8], _ caller: WorldCaller
  ) async throws -> Told {
    do throws(RPCError) {
      let answer = try await scene.world.transport.unary(
        method.descriptor, request: request, metadata: caller.metadata, options: CallOptions())
      return isDenied(answer.message, by: method) ? .denied : .reached("OK")
    } catch {
      let reason = Refused(error)?.reason ?? error.code.name
      return reason == "ACCESS_DENIED" ? .denied : .reached(reason)
    }
  }

  /// A batch is answered, and says of each name whether it is denied.
  private static func isDenied(_ answer: [UInt8], by method: DescribedMethod) -> Bool {
    guard method.descriptor.method == "BatchGetRegistrations" else { return false }
    let batch = try? SafeMobility.BatchGetRegistrationsResponse(serializedBytes: answer)
    return batch?.results.allSatisfy { result in
      if case .registration = result.result { false } else { true }
    } ?? true
  }

  @Test("every method is in one part of the matrix, or its exception has a reason")
  func parts() throws {
    let described = try SchemaText().methods
    let compiled = try SafeMobility.fileDescriptors.flatMap { file in
      try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes).service
        .flatMap { service in
          service.method.map { "\(file.package).\(service.name ?? "")/\($0.name ?? "")" }
        }
    }
    let parts = Dictionary(grouping: described) { MethodPart($0) }
    #expect(parts.values.flatMap { $0.map(\.name) }.sorted() == compiled.sorted())
    let exceptions = Set((parts[.exception] ?? []).map(\.name))
    let reasons = Set(MethodPart.exceptions.keys.map { "safemobility.v1.\($0)" })
    #expect(exceptions.subtracting(reasons) == [], "without a reason")
    #expect(reasons.subtracting(exceptions) == [], "no exceptions any more")
    // So that nothing slips out of a part unnoticed: a new method moves one of these numbers.
    let counts = parts.mapValues(\.count)
    #expect(
      counts == [
        .open: 13, .record: 60, .list: 5, .watch: 4, .entry: 2, .office: 7, .exception: 24,
      ])
    #expect(counts.values.reduce(0, +) == compiled.count)
  }

  @Test("every method gives every role its own records and nobody else's")
  func records() async throws {
    let methods = try SchemaText().methods.filter { MethodPart($0) == .record }
    let subjects = try SchemaText().subjects
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
      for role in Self.roles {
        for side in RecordScene.Side.allCases {
          let told = try await Self.call(
            scene, method, request, scene.caller(role, side, on: method))
          let reaches = Self.reaches(method, role, side, subjects[method.name] ?? [])
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
    #expect(count == methods.count * Self.roles.count * RecordScene.Side.allCases.count)
    let denied = cells[.denied] ?? 0
    #expect(denied > 1_500 && count - denied > 200, "\(cells)")
  }

  @Test(
    "an office is changed by the organisation that runs it, and by the programme's administrators")
  func offices() async throws {
    let validator = try RequestValidator()
    for method in try SchemaText().methods where MethodPart(method) == .office {
      let scene = try await RecordScene()
      let request = try scene.request(of: method)
      #expect(throws: Never.self, "\(method.name)") {
        try scene.check(request, of: method, validator)
      }
      for role in Self.roles {
        for side in RecordScene.Side.allCases {
          let told = try await Self.call(
            scene, method, request, scene.caller(role, side, on: method))
          let reaches = Self.mayCall(method, role) && (side == .own || role == .programAdmin)
          #expect(
            reaches == (told != .denied), "\(method.name) as \(role.name) on \(side): \(told)")
        }
      }
    }
  }

  @Test("an entry of the log is proved to the partner whose call it was, and to who oversees")
  func entries() async throws {
    let methods = try SchemaText().methods.filter { MethodPart($0) == .entry }
    let scene = try await RecordScene()
    for method in methods {
      // A receipt is a key to what was told, so that its caller must reach the case; a proof tells of nothing.
      let isReceipt = method.descriptor.method == "GetReceipt"
      for role in Self.roles {
        let owner: PartnerID = role == .partnerOfficer ? .usRsc : .unhcr
        let request = try scene.request(
          of: method, entry: try #require(scene.entries[owner]))
        for side in RecordScene.Side.allCases {
          let told = try await Self.call(
            scene, method, request, scene.caller(role, side, on: method))
          let oversees = role == .auditor || role == .dpo
          let isProved = isReceipt ? side == .own && role != .auditor : side == .own || oversees
          let reaches = Self.mayCall(method, role) && isProved
          #expect(
            told == (reaches ? .reached("OK") : .denied),
            "\(method.name) as \(role.name) on \(side)")
        }
      }
    }
  }

  @Test("each role that the schema narrows is narrowed by a kind that it names")
  func narrowed() throws {
    let kinds = try SchemaText().subjects
    let parts: Set<MethodPart> = [.record, .list, .watch]
    let described = try SchemaText().methods.filter { parts.contains(MethodPart($0)) }
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
    #expect(checked > 40)
  }
}
