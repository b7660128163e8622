import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Who may be the first person of a two-person move, and who the second: exactly whom the schema's
/// text names for each.
@Suite("Access to the moves of two persons")
struct TwoPersonMatrixTests {
  static let methods = ((try? SchemaText())?.methods ?? []).filter(\.needsSecondPerson)
  static let served = methods.filter { TwoPersonMove.scenes[$0.name] != nil }
  /// Whom a certificate can name.
  static let roles = Role.allCases.filter { $0 != .system && $0 != .anonymous }

  @Test("every move of two persons is tried here")
  func complete() {
    #expect(Self.methods.count == 5)
    #expect(Self.served.map(\.name) == Self.methods.map(\.name))
  }

  @Test("only whom `roles` names begins one; an approver's role does not", arguments: served, roles)
  func first(method: DescribedMethod, role: Role) async throws {
    let move = try await scene(method)
    let caller = move.caller(move.partners.first, role.name, user: "ana")
    if method.firstPersons.contains(role.name) {
      #expect(try await move.call(caller))
      #expect(try await pending(method, move)?.state == .pending)
    } else {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) { _ = try await move.call(caller) }
      #expect(try await isUnasked(method, move))
    }
    #expect(try await !move.isMade())
  }

  @Test(
    "only whom `approver_roles` names finishes one; where there are none, whom `roles` names",
    arguments: served, roles)
  func second(method: DescribedMethod, role: Role) async throws {
    let move = try await scene(method)
    let beginner = try #require(method.firstPersons.first)
    #expect(try await move.call(move.caller(move.partners.first, beginner, user: "ana")))
    let caller = move.caller(move.partners.second, role.name, user: "luis")
    if method.secondPersons.contains(role.name) {
      #expect(try await !move.call(caller))
      #expect(try await move.isMade())
      #expect(try await isUnasked(method, move))
      return
    }
    let isFirstOnly = method.firstPersons.contains(role.name)
    await expectRefusal(
      isFirstOnly ? "SECOND_PERSON_REQUIRED" : "ACCESS_DENIED",
      isFirstOnly ? .failedPrecondition : .permissionDenied
    ) { _ = try await move.call(caller) }
    #expect(try await !move.isMade())
    #expect(try await pending(method, move)?.actor.user == "ana")
  }

  @Test("where one person is enough, an approver's role has nothing to do", arguments: roles)
  func onePerson(role: Role) async throws {
    let scene = try await ReferralCase()
    try await scene.consent(to: .h2a)
    let draft = try await scene.draft(on: .h2a)
    try await scene.world.permitEverything(to: .unhcr)
    let caller = scene.world.caller("unhcr/\(role.name)", purpose: "H2_RECRUITMENT").referrals
    func send() async throws -> SafeMobility.Referral? {
      try await caller.sendReferral(
        .with { ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID()) }
      ).referral
    }
    let method = Self.methods.first { $0.descriptor.method == "SendReferral" }
    if try #require(method).firstPersons.contains(role.name) {
      #expect(try await send()?.state == .sent)
    } else {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) { _ = try await send() }
      #expect(try await scene.stored(draft)?.state == .draft)
    }
  }

  private func scene(_ method: DescribedMethod) async throws -> TwoPersonMove {
    let make = try #require(TwoPersonMove.scenes[method.name])
    let move = try await make()
    for partner in Set([move.partners.first, move.partners.second]) {
      try await move.world.permitEverything(to: PartnerID(checked: partner))
    }
    return move
  }

  /// The approval that waits for its second person.
  private func pending(
    _ method: DescribedMethod, _ move: TwoPersonMove
  ) async throws -> PendingApproval? {
    try await move.world.store.read {
      try $0.pendingApproval(method: method.name, resource: move.resource)
    }
  }

  /// Nobody waits for anybody.
  private func isUnasked(_ method: DescribedMethod, _ move: TwoPersonMove) async throws -> Bool {
    try await pending(method, move)?.isPending(at: move.world.clock.now) != true
  }
}
