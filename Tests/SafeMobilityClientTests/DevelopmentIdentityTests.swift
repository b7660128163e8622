import SafeMobilityClient
import Testing

@Suite struct DevelopmentIdentityTests {
  @Test(
    "partner and role, each within its letters and length",
    arguments: [
      ("unhcr/SCREENER", true), ("us-rsc/PARTNER_OFFICER", true), ("a/B", true), ("a1-/B1_", true),
      (String(repeating: "a", count: 63) + "/" + String(repeating: "B", count: 63), true),
      (String(repeating: "a", count: 64) + "/B", false),
      ("a/" + String(repeating: "B", count: 64), false),
      ("", false), ("unhcr", false), ("unhcr/", false), ("/SCREENER", false), ("a/B/C", false),
      ("Unhcr/SCREENER", false), ("1a/B", false), ("-a/B", false), ("a/screener", false),
      ("a/_B", false), ("a/1B", false), ("a b/C", false), ("ñ/B", false), ("a/B\n", false),
    ])
  func reading(text: String, isOne: Bool) {
    let identity = DevelopmentIdentity(text)
    #expect((identity != nil) == isOne)
    #expect(identity?.description == (isOne ? text : nil))
  }
}
