import Domain
import Storage

extension MemoryTransaction {
  func duplicateCandidate(_ id: DuplicateCandidateID) -> DuplicateCandidate? {
    state.candidates[id]
  }

  func duplicateCandidate(of pair: DuplicatePair) -> DuplicateCandidate? {
    state.candidates.values.first { $0.pair == pair }
  }

  func duplicateCandidates(of registration: RegistrationID) -> [DuplicateCandidate] {
    let filter = DuplicateFilter(registration: registration)
    return duplicateCandidates(filter, after: nil, limit: .max - 1).items
  }

  func duplicateCandidates(
    _ filter: DuplicateFilter, after key: DuplicateKey?, limit: Int
  ) -> Page<DuplicateCandidate> {
    let found = state.candidates.values.filter { candidate in
      (filter.registration.map { candidate.isAbout($0) } ?? true)
        && (filter.state == nil || filter.state == candidate.state)
        && (filter.isHolding == nil || filter.isHolding == candidate.isHolding)
        && candidate.rank >= filter.rankMin ?? .min && candidate.rank <= filter.rankMax ?? .max
        && (key.map { ($0.rank, $0.id) < (candidate.rank, candidate.id) } ?? true)
    }
    return Page(found: found.sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }, limit: limit)
  }

  func insert(_ candidate: DuplicateCandidate) throws {
    for side in [candidate.first, candidate.second] {
      try require(
        state.persons[side.person] != nil && state.registrations[side.registration] != nil)
    }
    if let other = duplicateCandidate(of: candidate.pair), other.id != candidate.id {
      throw StoreError.conflict(.duplicatePair)
    }
    try add(candidate, candidate.id, to: \.candidates)
  }

  func update(_ candidate: DuplicateCandidate, from version: Version) throws {
    try replace(candidate, candidate.id, in: \.candidates, from: version, \.revision.version)
  }

  func matchHits(_ keys: [Digest], in program: ProgramID, limit: Int) -> [MatchHit] {
    Set(keys).flatMap { key in
      (state.matches[key] ?? []).sorted().filter { id in
        guard let person = state.persons[id],
          let registration = state.registrations[person.registration]
        else { return false }
        return registration.program == program && registration.state.isLive
      }.prefix(limit).map { MatchHit(key: key, person: $0) }
    }
  }

  func persons(_ ids: [PersonID]) -> [Person] {
    Set(ids).sorted().compactMap { state.persons[$0] }
  }

  func setMatchKeys(_ keys: [Digest], of person: PersonID) throws {
    try require(state.persons[person] != nil)
    removeMatchKeys(of: person)
    for key in keys { state.matches[key, default: []].insert(person) }
    state.matchKeys[person] = keys
  }

  /// What goes with a person who is removed.
  func removeMatches(of person: PersonID) {
    removeMatchKeys(of: person)
    state.candidates = state.candidates.filter {
      ![$0.value.pair.low, $0.value.pair.high].contains(person)
    }
  }

  private func removeMatchKeys(of person: PersonID) {
    for key in state.matchKeys.removeValue(forKey: person) ?? [] {
      state.matches[key]?.remove(person)
    }
  }
}

extension DuplicateCandidate {
  fileprivate func isAbout(_ registration: RegistrationID) -> Bool {
    first.registration == registration || second.registration == registration
  }
}
