import Domain
import Testing

@Suite struct TwoPersonRuleTests {
  static func request(
    _ user: String = "ana", _ partner: PartnerID = .iom, _ kind: PartnerKind = .un,
    second: TwoPersonRule.Second = .anyOther
  ) -> TwoPersonRule.Request {
    TwoPersonRule.Request(
      method: "safemobility.v1.ApplicantService/RecordEligibility",
      resource: "registrations/x", etag: Etag(uid: "x", version: .first),
      requestDigest: Fixture.digest, actor: Fixture.actor(user, partner), actorKind: kind,
      second: second)
  }

  static func settle(
    _ request: TwoPersonRule.Request, _ pending: PendingApproval?, at now: Instant = Fixture.now
  ) throws(Refusal) -> TwoPersonRule.Outcome {
    try TwoPersonRule.settle(request, pending: pending, newID: Fixture.id(60), at: now)
  }

  static func firstCall(
    _ request: TwoPersonRule.Request = request()
  ) throws -> PendingApproval {
    guard case .await(let pending) = try settle(request, nil) else {
      throw Refusal(.transitionNotAllowed)
    }
    return pending
  }

  @Test("the first call waits, another person's same call executes")
  func twoPeople() throws {
    let pending = try Self.firstCall()
    #expect(pending.state == .pending)
    guard case .execute(let done) = try Self.settle(Self.request("berta"), pending) else {
      Issue.record("did not execute")
      return
    }
    #expect(done.state == .executed)
    #expect(done.id == pending.id)
    #expect(done.revision.version.rawValue == 2)
  }

  @Test("the same person cannot be the second, whatever the role")
  func samePerson() throws {
    let pending = try Self.firstCall()
    var request = Self.request()
    request.actor.role = .reviewer
    #expect(
      refusal { () throws(Refusal) in _ = try Self.settle(request, pending) }
        == .secondPersonRequired)
    // The same name at another partner is another person.
    guard case .execute = try Self.settle(Self.request("ana", .unhcr), pending) else {
      Issue.record("did not execute")
      return
    }
  }

  @Test("another method, resource, version or request is a first call again")
  func differs() throws {
    let pending = try Self.firstCall()
    let changes: [(inout TwoPersonRule.Request) -> Void] = [
      { $0.method = "other" }, { $0.resource = "registrations/y" },
      { $0.etag = Etag(uid: "x", version: Version.first.next) },
      { $0.requestDigest = Fixture.otherDigest },
    ]
    for change in changes {
      var request = Self.request("berta")
      change(&request)
      guard case .await = try Self.settle(request, pending) else {
        Issue.record("executed another request")
        continue
      }
    }
  }

  @Test("an approval counts until its expiry and not at it")
  func expiry() throws {
    let pending = try Self.firstCall()
    #expect(pending.expireTime == Fixture.now + .days(3))
    guard
      case .execute = try Self.settle(
        Self.request("berta"), pending, at: pending.expireTime - .microseconds(1)),
      case .await = try Self.settle(Self.request("berta"), pending, at: pending.expireTime)
    else {
      Issue.record("the limit is elsewhere")
      return
    }
    var executed = pending
    executed.state = .executed
    guard case .await = try Self.settle(Self.request("berta"), executed) else {
      Issue.record("executed twice")
      return
    }
  }

  @Test("where both governments must agree, one person of each is needed")
  func governments() throws {
    let us = Self.request("ana", .usPrm, .usGovernment, second: .otherGovernment)
    let pending = try Self.firstCall(us)
    let cases: [(TwoPersonRule.Request, Bool)] = [
      (Self.request("berta", .usRsc, .usGovernment, second: .otherGovernment), false),
      (Self.request("berta", .caGov, .otherGovernment, second: .otherGovernment), false),
      (Self.request("berta", .iom, .un, second: .otherGovernment), false),
      (Self.request("berta", .gtMinex, .gtGovernment, second: .otherGovernment), true),
    ]
    for (request, executes) in cases {
      #expect(
        refusal { () throws(Refusal) in _ = try Self.settle(request, pending) }
          == (executes ? nil : .secondPersonRequired))
    }
    #expect(
      refusal { () throws(Refusal) in
        _ = try Self.settle(
          Self.request("ana", .iom, .un, second: .otherGovernment), nil)
      } == .secondPersonRequired)
  }

  @Test("a repeated request gets its answer, another under its id is refused")
  func idempotency() throws {
    let record = IdempotencyRecord(
      partner: .iom, method: "m", requestID: "id", requestDigest: Fixture.digest,
      response: [1, 2], createTime: Fixture.now, expireTime: Fixture.now + .days(14))
    #expect(try record.replay(requestDigest: Fixture.digest) == [1, 2])
    #expect(
      refusal { () throws(Refusal) in
        _ = try record.replay(requestDigest: Fixture.otherDigest)
      } == .requestIdReused)
  }

  @Test("the reasons are the published names, each with a message of its own")
  func reasons() {
    #expect(Refusal.Reason.allCases.count == 35)
    #expect(Set(Refusal.Reason.allCases.map(\.message)).count == 35)
    #expect(Refusal(.slotFull).message == Refusal.Reason.slotFull.message)
    #expect(Refusal.Reason(rawValue: "SLOT_FULL") == .slotFull)
  }
}
