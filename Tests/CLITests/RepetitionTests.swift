import Protobuf
import SafeMobilityAPI
import Testing

@testable import CLI

/// The command to give again.
@Suite struct RepetitionTests {
  private func repetition(_ typed: String) -> Repetition {
    Repetition(
      of: SafeMobility.SendReferralRequest.with {
        $0.name = "referrals/0ref"
        $0.etag = "\"0ref.4\""
        $0.requestId = "0f8fad5b-d9cb-469f-a165-70867728950e"
      }, typed: typed.split(separator: " ").map(String.init))
  }

  @Test("the same request carries the same key and the same version")
  func same() {
    let expected =
      "pasarela --as iom/CASEWORKER referral send referrals/0ref "
      + "--request-id 0f8fad5b-d9cb-469f-a165-70867728950e --etag '\"0ref.4\"'"
    #expect(
      repetition("--as iom/CASEWORKER referral send referrals/0ref").sameRequest == expected)
    #expect(
      repetition("--as iom/CASEWORKER referral send --etag old referrals/0ref --request-id=x")
        .sameRequest == expected)
  }

  @Test("the second person brings an identity and a key of their own")
  func second() {
    #expect(
      repetition(
        "referral send --tls-cert c --tls-key k --tls-ca ca referrals/0ref --end-user=me"
      ).bySecondPerson
        == "pasarela referral send --tls-ca ca referrals/0ref --etag '\"0ref.4\"'")
  }

  @Test("a request that only reads has no key")
  func reads() {
    let repetition = Repetition(of: SafeMobility.GetReferralRequest(), typed: ["referral", "show"])
    #expect(repetition.requestID == nil)
    #expect(repetition.sameRequest == "pasarela referral show")
  }
}
