import Protobuf
import RPCCore
import SafeMobilityAPI
import Synchronization
import Testing

@testable import SafeMobilityClient

/// Changes of what others change too.
@Suite struct UpdatingTests {
  private let time = FakeTime()

  /// A referral whose etag changes as often as somebody else is faster.
  private func client(rivals: Int) throws -> (SafeMobilityClient, ScriptedTransport) {
    let mismatch = try RPCError.refusal(.aborted, "ETAG_MISMATCH")
    let version = Mutex(0)
    let transport = ScriptedTransport { (call) throws(RPCError) in
      do {
        if call.method == SafeMobility.ReferralServiceMethods.getReferral {
          let etag = version.withLock { $0 }
          return try SafeMobility.GetReferralResponse.with {
            $0.referral = .with { $0.etag = "\(etag)" }
          }.serializedBytes()
        }
        let request = try SafeMobility.SendReferralRequest(serializedBytes: call.request)
        let isCurrent = version.withLock { version in
          if version < rivals { version += 1 }
          return request.etag == "\(version)"
        }
        guard isCurrent else { throw mismatch }
        return try SafeMobility.SendReferralResponse.with {
          $0.referral = .with { $0.etag = request.etag }
        }.serializedBytes()
      } catch {
        throw error as? RPCError ?? RPCError(.internal, "\(error)")
      }
    }
    return (
      try SafeMobilityClient(transport: transport, configuration: time.configuration), transport
    )
  }

  private func send(
    _ client: SafeMobilityClient, attemptCountMax: Int = 5
  ) async throws -> SafeMobility.SendReferralResponse {
    try await client.updating(attemptCountMax: attemptCountMax) {
      try await client.referrals.getReferral(.with { $0.name = "referrals/0ref" }).referral
    } change: { referral in
      try await client.referrals.sendReferral(
        .with {
          $0.name = "referrals/0ref"
          $0.etag = referral.etag
        })
    }
  }

  @Test("whoever is overtaken reads again and changes what there is now", arguments: 0...4)
  func overtaken(rivals: Int) async throws {
    let (client, transport) = try client(rivals: rivals)
    #expect(try await send(client).referral?.etag == "\(rivals)")
    #expect(transport.seen.count == 2 * (rivals + 1))
    #expect(time.pauses.count == rivals)
    let ids = try transport.seen.filter { $0.method.method == "SendReferral" }.map {
      try SafeMobility.SendReferralRequest(serializedBytes: $0.request).requestId
    }
    #expect(Set(ids).count == rivals + 1)
  }

  @Test("after so many attempts the mismatch is told")
  func bounded() async throws {
    let (client, transport) = try client(rivals: 3)
    let error = await #expect(throws: RPCError.self) {
      try await send(client, attemptCountMax: 3)
    }
    #expect(error?.code == .aborted)
    #expect(transport.seen.count == 6)
  }

  @Test("any other failure, of either half, is told at once")
  func others() async throws {
    struct Mine: Error {}
    let (client, _) = try client(rivals: 0)
    await #expect(throws: Mine.self) {
      try await client.updating {
        1
      } change: { (_: Int) in
        throw Mine()
      }
    }
    await #expect(throws: Mine.self) {
      try await client.updating { () -> Int? in
        throw Mine()
      } change: { _ in
      }
    }
    let missing = await #expect(throws: RPCError.self) {
      try await client.updating { () -> Int? in
        nil
      } change: { _ in
        Issue.record("there was nothing to change")
      }
    }
    #expect(missing?.code == .notFound)
    #expect(time.pauses.isEmpty)
  }
}
