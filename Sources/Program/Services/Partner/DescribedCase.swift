import AuditProof
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Storage

/// A case that exists in a question only: records as they would be, so that the rules can be asked.
struct DescribedCase {
  let facts: AccessDecision.Facts
  /// Whether the method gives what a referral releases: of nothing else are there classes and fields to name.
  let givesRelease: Bool
  /// Whether the question is about a case, and not only about the method.
  private let isOfCase: Bool
  /// Whether a case is come by through a referral: the method names one, or an entry about one.
  private let isOfReferral: Bool

  private typealias Referrals = SafeMobility.ReferralServiceMethods
  /// The methods that give what a referral releases, of one referral and of one after the other.
  private static let releases = [Referrals.getRelease.fullName]
  private static let exchange = Referrals.exchange.fullName
  private static let receipt = SafeMobility.AuditServiceMethods.getReceipt.fullName

  /// - Throws: FIELD_INVALID for a method, a pathway or a state that there is not
  init(
    _ request: SafeMobility.ExplainAccessRequest, _ partner: Partner, _ rules: MethodRules,
    _ reader: any StoreReader
  ) throws {
    guard let rule = rules[request.method] else {
      throw Refusal.field("method", "is no method of the contract")
    }
    try Self.demandConsidered(request)
    let role = try Role(request.role, field: "role")
    let purpose = try Purpose(request.purpose, field: "purpose")
    let states = try States(request.resourceState)
    let pathway = try Self.pathway(request.pathway, reader)
    let person = PersonID(checked: "described")
    let referral = pathway.map {
      Self.referral(on: $0, to: partner.id, of: person, in: states.referral, at: reader.now)
    }
    let consent = ConsentState(request.consentState)
    facts = AccessDecision.Facts(
      partner: partner, identity: ReferenceData.identity(of: partner.id, as: role), role: role,
      purpose: purpose, rule: rule, isRelease: Self.releases.contains(request.method),
      referral: referral, registrationState: states.registration,
      consents: referral.flatMap { referral in
        consent.map { [Self.consent($0, of: person, for: referral, at: reader.now)] }
      } ?? [], now: reader.now)
    // A list that reaches nothing is empty, and not denied.
    let verb = request.method.split(separator: "/").last ?? ""
    givesRelease = facts.isRelease || request.method == Self.exchange
    isOfReferral =
      Referrals.all.contains { $0.fullName == request.method } || request.method == Self.receipt
    isOfCase =
      rule.disclosesPersonalData && !(request.pathway.isEmpty && request.resourceState.isEmpty)
      && !verb.hasPrefix("List") && !verb.hasPrefix("Watch")
  }

  /// Refuses what no decision looks at: an answer must not seem to be about it.
  private static func demandConsidered(
    _ request: SafeMobility.ExplainAccessRequest
  ) throws(Refusal) {
    guard request.agency.isEmpty else {
      throw Refusal.field("agency", "is not looked at by any decision; leave it out")
    }
    guard request.programState == .unspecified else {
      throw Refusal.field("program_state", "is not looked at by any decision; leave it out")
    }
    guard !releases.contains(request.method) || !request.pathway.isEmpty else {
      throw Refusal.field("pathway", "must be given: a release is of a referral on one")
    }
  }

  /// Whether those of this partner who act in such a role reach the case, as ``Reach`` has it.
  ///
  /// - Throws: the denial that the call would meet in its handler
  func demandReach() throws(Refusal) {
    guard isOfCase else { return }
    let isReached =
      switch facts.role {
      case .contactCentre, .screener, .interviewer, .reviewer, .scheduler, .frontDesk, .caseworker,
        .supervisor, .dpo:
        Reach.reachesCases(facts.partner.kind)
      // Nobody else's than their own.
      case .applicant: true
      // Cases come to it by referrals alone, and it acts on what was sent.
      case .partnerOfficer: isOfReferral
      case .anonymous, .programAdmin, .auditor, .reportReader, .system: false
      }
    guard isReached else { throw .denied(.outOfReach) }
  }

  private static func pathway(_ name: String, _ reader: any StoreReader) throws -> Pathway? {
    if name.isEmpty { return nil }
    guard let pathway = try reader.pathway(PathwayID(name: name)) else {
      throw Refusal.field("pathway", "is no pathway of the programme")
    }
    return pathway
  }

  /// A referral on a pathway: to the partner where it is one of its authorities, else to the usual one.
  private static func referral(
    on pathway: Pathway, to partner: PartnerID, of person: PersonID, in state: ReferralState,
    at now: Instant
  ) -> Referral {
    let receiver =
      pathway.authorities.contains(partner) ? partner : pathway.authorities.first ?? partner
    var referral = Referral(
      id: ReferralID(checked: "described"), registration: RegistrationID(checked: "described"),
      persons: [person], pathway: pathway.id, destination: pathway.region, from: .unhcr,
      to: receiver, purpose: pathway.purpose, priority: .routine, state: state,
      revision: Revision(createdAt: now))
    if state != .draft {
      referral.release = Release(
        profile: pathway.profile ?? "", version: 1, classes: [], fields: [],
        digest: Hash.sha256([]), releaseTime: now)
    }
    return referral
  }

  /// A consent to all that can be asked, in a state: which classes it covers is not what is explained.
  private static func consent(
    _ state: ConsentState, of person: PersonID, for referral: Referral, at now: Instant
  ) -> Consent {
    Consent(
      id: ConsentID(checked: "described"), registration: referral.registration, person: person,
      grantor: person, recipient: referral.to, purpose: referral.purpose,
      dataClasses: DataClassSet(classes: DataClass.allCases), textVersion: "",
      textLanguage: .fallback, textDigest: Hash.sha256([]), method: .signed, grantTime: now,
      expireTime: nil, state: state, revision: Revision(createdAt: now))
  }

  /// The states of referral and registration of which one is described, and the other usual for it.
  private struct States {
    var referral = ReferralState.sent
    var registration = RegistrationState.referred

    init(_ name: String) throws(Refusal) {
      if name.isEmpty { return }
      if let number = SafeMobility.ReferralState.descriptor.number(named: name),
        let state = ReferralState(rawValue: Int(number))
      {
        referral = state
      } else if let number = SafeMobility.RegistrationState.descriptor.number(named: name),
        let state = RegistrationState(rawValue: Int(number))
      {
        registration = state
      } else {
        throw Refusal.field(
          "resource_state",
          "is no state of a referral or a registration, such as REFERRAL_STATE_SENT")
      }
    }
  }
}
