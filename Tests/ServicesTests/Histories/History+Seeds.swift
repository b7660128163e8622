import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage

// What a history begins with, past the services: its events and entries are written down as theirs would be.
extension History {
  /// Pathways for which everybody is found eligible who is so from the beginning.
  private static let pathways: [PathwayID] = [.usrap, .canadaRefugee, .h2a, .chnv]

  /// Households that are on their way already: the road is long.
  func seedHouseholds() async throws {
    let states = [RegistrationState.invited, .interviewed, .eligible, .submitted]
    for (number, state) in states.enumerated() {
      for sample in 1...4 {
        let made = try await world.household(
          one(of: [.single, .couple, .parentWithChildren]) ?? .single, in: state,
          seed: UInt64(10 * number + sample)
        ).registration
        // No two of one rank: whose turn it is would go by ids, which are random.
        let rank = World.opening - .minutes(10 * (4 * number + sample))
        try await world.store.write { tx in
          var registration = made
          registration.queueRankTime = rank
          if state == .eligible {
            registration.findings = Self.pathways.map {
              EligibilityFinding(pathway: $0, finding: .eligible)
            }
          }
          registration.revision.advance(at: tx.now)
          try tx.update(registration, from: made.revision.version)
          try Self.record(registration, in: tx)
        }
        await look(at: "registrations/\(made.id)")
      }
    }
  }

  /// The event of a registration's last version, and the entry of a call that would have made it.
  private static func record(
    _ registration: Registration, in tx: any StoreTransaction
  ) throws {
    var random = SystemRandomNumberGenerator()
    try tx.append(
      StatusEvent(
        id: StatusEventID(using: &random), aggregate: .registration,
        uid: registration.id.rawValue, version: registration.revision.version, type: "Update",
        stateBefore: registration.state.rawValue, stateAfter: registration.state.rawValue,
        actorClass: .staff, time: registration.revision.updateTime))
    let environment = StoreEnvironment.programme(vault: World.secrets.vault) { World.opening }
    let entry = AuditEntry(
      log: "safemobility", id: AuditEntryID(using: &random),
      eventTime: registration.revision.updateTime, partner: .iom, role: .contactCentre,
      purpose: .processing,
      method: "safemobility.v1.ApplicantService/UpdateRegistration", verdict: .allow,
      policyVersion: ReferenceData.policyVersion, requestCommitment: environment.hash([]),
      stateBefore: registration.state.rawValue, stateAfter: registration.state.rawValue,
      versionAfter: registration.revision.version)
    try tx.append(entry, digest: environment.hash(entry.canonicalBytes))
  }

  /// Consents of some who are eligible, by the calls that ask for them: from there on it is still a long way.
  func seedConsents() async {
    let eligible = (names["registrations"] ?? []).filter {
      state(of: $0).hasSuffix("STATE_ELIGIBLE")
    }
    for (number, name) in eligible.enumerated() where number.isMultiple(of: 2) {
      for person in persons(of: name) {
        // No two at one time: their order would be random.
        world.clock.advance(by: .seconds(1))
        _ = await proposeConsent(name, person: person, for: usualWay(of: name))
        _ = await grantConsent(names["registrations/consents"]?.last ?? "")
      }
    }
  }

  /// Slots of two services of one office, at times that overlap here and there. No two begin at one time: their order
  /// would be random.
  func seedSlots() async throws {
    for number in 0..<40 {
      let start = Duration.hours(2 + 5 * number)
      let interview = try await world.slot(in: start + .minutes(2 * int(0...14)), seats: int(2...5))
      let advice = try await world.slot(
        "gt-xel-01/counselling", in: start + .minutes(2 * int(0...44) + 1), seats: int(2...4),
        minutes: 30)
      learn(["name": interview.resourceName])
      learn(["name": advice.resourceName])
      slots.append((interview.resourceName, advice.resourceName))
    }
  }

  private func look(at registration: String) async {
    _ = await call(
      "iom/CONTACT_CENTRE",
      SafeMobility.GetRegistrationRequest.with {
        $0.name = registration
        $0.view = .full
      }
    ) {
      (caller, request) throws(RPCError) in try await caller.applicants.getRegistration(request)
    }
  }
}
