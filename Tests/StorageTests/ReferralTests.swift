import Domain
import Storage
import StoreSamples
import Testing

@Suite struct ReferralTests {
  @Test(
    arguments: StoreUnderTest.allCases,
    [("", 0, Constraint.liveReferral), ("resettlement", 1, Constraint.exclusiveGroup)])
  func `a live referral keeps its twin and its group out until it ends`(
    _ kind: StoreUnderTest, _ rule: (group: String, pathway: Int, constraint: Constraint)
  ) async throws {
    try await kind.run { store, clock, maker in
      var pathway = maker.world.pathways[0]
      pathway.exclusiveGroup = rule.group.isEmpty ? nil : rule.group
      let household = maker.household(of: 2)
      var first = maker.referral(of: household, state: .sent)
      var second = maker.referral(of: household, onPathway: rule.pathway)
      try await store.write { [pathway, first, second] in
        try $0.put(pathway)
        try household.insert($0)
        try $0.insert(first)
        try $0.insert(second)
      }
      second.state = .sent
      second.revision.advance(at: clock.now)
      await #expect(throws: StoreError.conflict(rule.constraint)) {
        try await store.write { [second] in try $0.update(second, from: .first) }
      }
      first.state = .rejected
      first.revision.advance(at: clock.now)
      try await store.write { [first, second] in
        try $0.update(first, from: .first)
        try $0.update(second, from: .first)
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `capacity counts live referrals of one partner and pathway`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      for state in ReferralState.allCases {
        let household = maker.household(of: 1)
        let referral = maker.referral(of: household, state: state)
        try await store.write {
          try household.insert($0)
          try $0.insert(referral)
        }
      }
      let (to, from) = (maker.world.receiver.id, maker.world.referrer.id)
      let (pathway, other) = (maker.world.pathways[0].id, maker.world.pathways[1].id)
      let live = ReferralState.allCases.count(where: \.isLive)
      #expect(try await store.read { try $0.liveReferralCount(to: to, on: pathway) } == live)
      #expect(try await store.read { try $0.liveReferralCount(to: to, on: other) } == 0)
      #expect(try await store.read { try $0.liveReferralCount(to: from, on: pathway) } == 0)
      let sent = ReferralFilter(to: to, from: from, pathway: pathway, states: [.sent])
      let page = try await store.read { try $0.referrals(sent, after: nil, limit: 1) }
      #expect(page.items.map(\.state) == [.sent])
      #expect(!page.hasMore)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a partner is found by any of its certificate names, and each belongs to one`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      var partner = maker.world.receiver
      let old = partner.identities[0]
      partner.identities = ["spiffe://a", "spiffe://b"]
      partner.revision.advance(at: clock.now)
      try await store.write { [partner] in try $0.update(partner, from: .first) }
      #expect(try await store.read { try $0.partner(identity: "spiffe://b") } == partner)
      #expect(try await store.read { try $0.partner(identity: old) } == nil)
      var thief = maker.world.referrer
      thief.identities.append("spiffe://a")
      thief.revision.advance(at: clock.now)
      await #expect(throws: StoreError.conflict(.identifier)) {
        try await store.write { [thief] in try $0.update(thief, from: .first) }
      }
    }
  }
}
