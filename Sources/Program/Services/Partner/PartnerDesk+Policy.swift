import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension PartnerDesk {
  public func getPolicy(
    _ request: SafeMobility.GetPolicyRequest, call: ServerCall
  ) async throws -> SafeMobility.GetPolicyResponse {
    let desk = desk
    return try await desk.read(request, call) { work in
      let partner = try work.ownPartner(PartnerID(name: request.partner))
      let policy = try SafeMobility.AccessPolicy(
        of: partner, desk.policy, pathways: try work.reader.pathways()
      ).signed(by: desk.secrets)
      return .with { $0.policy = policy }
    }
  }

  public func explainAccess(
    _ request: SafeMobility.ExplainAccessRequest, call: ServerCall
  ) async throws -> SafeMobility.ExplainAccessResponse {
    let desk = desk
    return try await desk.read(request, call) { work in
      let partner = try work.ownPartner(PartnerID(name: request.partner))
      let described = try DescribedCase(request, partner, desk.rules, work.reader)
      var response = SafeMobility.ExplainAccessResponse.with {
        $0.policyVersion = desk.policy.version
      }
      do throws(Refusal) {
        let decision = try AccessDecision.decide(
          described.facts, profiles: ReferenceData.releaseProfiles)
        try described.demandReach()
        response.allowed = true
        guard described.givesRelease, !decision.classes.isEmpty else { return response }
        response.profile = decision.profile ?? ""
        response.dataClasses = decision.classes.classes.map { .init($0) }
        response.fieldPaths =
          ReleasedView(decision.classes, rules: desk.validator.rules).releasedPaths
      } catch {
        response.denialRule = error.internalReason
      }
      return response
    }
  }
}

extension Reading {
  /// A partner whose policy the caller may read: an officer reads its own partner's alone.
  fileprivate func ownPartner(_ id: PartnerID) throws -> Partner {
    guard caller.role != .partnerOfficer || caller.partner == id else {
      throw Refusal.denied(.outOfReach)
    }
    return try found(try reader.partner(id))
  }
}

extension SafeMobility.AccessPolicy {
  /// What the policy says of one partner.
  fileprivate init(of partner: Partner, _ policy: AccessPolicy, pathways: [Pathway]) {
    self.init()
    version = policy.version
    self.partner = partner.id.name
    effectiveStartTime = .init(ReferenceData.policyEffectiveTime)
    roles = Role.allCases
      .filter { partner.identities.contains(ReferenceData.identity(of: partner.id, as: $0)) }
      .map { .init($0) }
    policySha256 = policy.digest.bytes
    purposes = partner.purposes.map { .init($0) }
    profiles = ReferenceData.releaseProfiles.filter { $0.partner == partner.id }.map { profile in
      .with {
        $0.name = profile.name
        $0.pathways =
          pathways
          .filter { $0.authorities.contains(partner.id) && $0.purpose == profile.purpose }
          .map(\.id.name)
        $0.dataClasses = profile.classes.classes.map { .init($0) }
        $0.purposes = [.init(profile.purpose)]
      }
    }
  }

  /// The same with the signature over it, and the very bytes that it is over: another program writes
  /// the same message in other bytes.
  fileprivate func signed(by secrets: Secrets) throws -> Self {
    var signed = self
    signed.signedPolicy = try serializedBytes()
    signed.signature = secrets.policyKey.signature(over: signed.signedPolicy)
    signed.keyId = secrets.policyKey.id
    return signed
  }
}
