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
    for (number, state) in [RegistrationState.invited, .interviewed, .eligible].enumerated() {
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

  /// Slots of two services of one office, at times that overlap here and there.
  func seedSlots() async throws {
    for number in 0..<40 {
      let start = Duration.hours(2 + 5 * number)
      let interview = try await world.slot(in: start + .minutes(int(0...29)), seats: int(2...5))
      let advice = try await world.slot(
        "gt-xel-01/counselling", in: start + .minutes(int(0...89)), seats: int(2...4), minutes: 30)
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
