import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Synchronization

/// Caseworkers who draft, send and recall referrals through one client, one after the other, until
/// they are told that it is enough.
final class ReferralLoad: Sendable {
  private struct State {
    var isOver = false
    var writeCount = 0
    var versions: [String: Int64] = [:]
    var failures: [String] = []
  }

  private let state = Mutex(State())

  /// Changes that were answered.
  var writeCount: Int { state.withLock { $0.writeCount } }
  /// The referrals made, by name, each with the number of its changes.
  var versions: [String: Int64] { state.withLock { $0.versions } }
  /// What a caller should never have been told.
  var failures: [String] { state.withLock { $0.failures } }

  /// Lets everybody finish the referral at hand.
  func end() { state.withLock { $0.isOver = true } }

  /// Notes what must not happen; the trial is over with it.
  func fail(_ what: String) {
    state.withLock {
      $0.failures.append(what)
      $0.isOver = true
    }
  }

  /// One caseworker's work: a household has one referral at a time, and it ends recalled.
  func work(
    _ households: ArraySlice<StoredHousehold>, client: SafeMobilityClient, random: SeededRandom
  ) async {
    var random = random
    while true {
      for household in households {
        if state.withLock({ $0.isOver }) { return }
        do {
          var referral = try await draft(household, client)
          // Some are taken back before their receiver hears of them.
          if random.next() % 4 != 0 { referral = try await send(referral, client) }
          try await recall(referral, client)
        } catch {
          return fail("\(error)")
        }
      }
    }
  }

  /// A draft, of version 1.
  func draft(
    _ household: StoredHousehold, _ client: SafeMobilityClient
  ) async throws -> SafeMobility.Referral {
    let name = "registrations/\(household.registration.id)"
    let answer = try await client.referrals.createReferral(
      .with {
        $0.referral = .with {
          $0.registration = name
          $0.persons = household.persons.map { "\(name)/persons/\($0.id)" }
          $0.pathway = "pathways/US-H2A"
          $0.destinationRegionCode = "US"
          $0.toPartner = "partners/gt-mintrab"
          $0.purpose = .h2Recruitment
        }
      })
    return try answered(answer.referral, .draft)
  }

  /// Sends a draft to its receiver.
  func send(
    _ referral: SafeMobility.Referral, _ client: SafeMobilityClient
  ) async throws -> SafeMobility.Referral {
    let answer = try await client.referrals.sendReferral(
      .with {
        $0.name = referral.name
        $0.etag = referral.etag
      })
    return try answered(answer.referral, .sent)
  }

  private func recall(
    _ referral: SafeMobility.Referral, _ client: SafeMobilityClient
  ) async throws {
    let answer = try await client.referrals.recallReferral(
      .with {
        $0.name = referral.name
        $0.etag = referral.etag
        $0.reason = .sentInError
      })
    _ = try answered(answer.referral, .recalled)
  }

  /// Counts an answer, which must be the one to this change.
  private func answered(
    _ referral: SafeMobility.Referral?, _ expected: SafeMobility.ReferralState
  ) throws -> SafeMobility.Referral {
    guard let referral, referral.state == expected else {
      throw RPCError(
        .internal, "an answer that is not \(expected): \(String(describing: referral))")
    }
    let isExpected = state.withLock { state in
      let isNew = state.versions[referral.name] == nil
      state.writeCount += 1
      state.versions[referral.name, default: 0] += 1
      return isNew == (expected == .draft)
    }
    guard isExpected else { throw RPCError(.internal, "\(referral.name) was given twice") }
    return referral
  }
}
