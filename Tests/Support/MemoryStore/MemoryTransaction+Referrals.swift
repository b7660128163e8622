import Domain
import Storage

extension MemoryTransaction {
  func partner(_ id: PartnerID) -> Partner? { state.partners[id] }
  func partner(identity: String) -> Partner? {
    state.partners.values.first { $0.identities.contains(identity) }
  }
  func partners() -> [Partner] { state.partners.values.sorted { $0.id < $1.id } }
  func insert(_ partner: Partner) throws {
    try add(partner, partner.id, to: \.partners)
    try checkNames(of: partner)
  }
  func update(_ partner: Partner, from version: Version) throws {
    try replace(partner, partner.id, in: \.partners, from: version, \.revision.version)
    try checkNames(of: partner)
  }
  private func checkNames(of partner: Partner) throws {
    let others = state.partners.values.filter { $0.id != partner.id }
    guard Set(others.flatMap(\.identities)).isDisjoint(with: partner.identities) else {
      throw StoreError.conflict(.identifier)
    }
    let keys = (others + [partner]).flatMap { $0.keys.map(\.publicKey) }
    guard Set(keys).count == keys.count else { throw StoreError.conflict(.partnerKey) }
  }

  func pathway(_ id: PathwayID) -> Pathway? { state.pathways[id] }
  func pathways() -> [Pathway] { state.pathways.values.sorted { $0.id < $1.id } }
  func put(_ pathway: Pathway) { state.pathways[pathway.id] = pathway }

  func referral(_ id: ReferralID) -> Referral? { state.referrals[id] }
  func referrals(
    _ filter: ReferralFilter, after key: TimeKey<ReferralID>?, limit: Int
  ) -> Page<Referral> {
    let found = state.referrals.values.filter { referral in
      (filter.registration == nil || filter.registration == referral.registration)
        && (filter.to == nil || filter.to == referral.to)
        && (filter.from == nil || filter.from == referral.from)
        && (filter.pathway == nil || filter.pathway == referral.pathway)
        && (filter.states.isEmpty || filter.states.contains(referral.state))
        && isOwned(referral.registration, by: filter.owner)
    }
    return page(found, after: key, limit: limit) { TimeKey($0.revision.createTime, $0.id) }
  }
  func liveReferralCount(to partner: PartnerID, on pathway: PathwayID) -> Int {
    state.referrals.values.count { $0.to == partner && $0.pathway == pathway && $0.state.isLive }
  }

  func insert(_ referral: Referral) throws {
    try require(
      state.registrations[referral.registration] != nil && state.pathways[referral.pathway] != nil
        && state.partners[referral.to] != nil && state.partners[referral.from] != nil
        && referral.persons.allSatisfy { state.persons[$0] != nil })
    try add(referral, referral.id, to: \.referrals)
    try checkLivePlaces(of: referral)
  }

  func update(_ referral: Referral, from version: Version) throws {
    try replace(referral, referral.id, in: \.referrals, from: version, \.revision.version)
    try checkLivePlaces(of: referral)
  }

  private func checkLivePlaces(of referral: Referral) throws {
    guard referral.state.isLive else { return }
    let clusters = Set(referral.persons.compactMap { state.persons[$0]?.cluster })
    let group = state.pathways[referral.pathway]?.exclusiveGroup
    for other in state.referrals.values where other.id != referral.id && other.state.isLive {
      let theirs = Set(other.persons.compactMap { state.persons[$0]?.cluster })
      if clusters.isDisjoint(with: theirs) { continue }
      if other.pathway == referral.pathway, other.destination == referral.destination {
        throw StoreError.conflict(.liveReferral)
      }
      if let group, state.pathways[other.pathway]?.exclusiveGroup == group {
        throw StoreError.conflict(.exclusiveGroup)
      }
    }
  }

  func decisions(of referral: ReferralID) -> [Decision] {
    state.decisions.filter { $0.referral == referral }.sorted { $0.number < $1.number }
  }
  func insert(_ decision: Decision) throws {
    try require(state.referrals[decision.referral] != nil)
    let taken = state.decisions.contains {
      $0.id == decision.id
        || ($0.referral == decision.referral && $0.number == decision.number)
    }
    if taken { throw StoreError.conflict(.identifier) }
    state.decisions.append(decision)
  }
}
