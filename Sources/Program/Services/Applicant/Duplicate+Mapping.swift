import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension SafeMobility.DuplicateCandidate {
  /// The candidate as the contract has it, the reviewer under a pseudonym.
  init(_ candidate: DuplicateCandidate, secrets: Secrets) {
    self.init()
    name = candidate.id.name
    uid = candidate.id.rawValue
    createTime = .init(candidate.revision.createTime)
    updateTime = .init(candidate.revision.updateTime)
    etag = candidate.etag.text
    state = .init(candidate.state)
    firstPerson = PersonName(candidate.first.registration, candidate.first.person).text
    secondPerson = PersonName(candidate.second.registration, candidate.second.person).text
    score = candidate.score
    holdsRegistration = candidate.isHolding
    evidence = candidate.evidence.map { evidence in
      .with {
        $0.kind = .init(evidence.kind)
        $0.similarity = evidence.similarity
        $0.weight = evidence.weight
      }
    }
    algorithmVersion = candidate.algorithmVersion
    reviewer = candidate.reviewer.map { secrets.pseudonym(of: $0).description } ?? ""
  }
}

extension DuplicateFilter {
  /// What a list request asks for, its registration apart: comparisons of `state`, `score` and
  /// `holds_registration`.
  init(_ text: String) throws(Refusal) {
    self.init()
    for term in try FilterTerms(text).terms {
      switch term.field {
      case "state":
        state = try term.value(
          of: SafeMobility.DuplicateState.descriptor, prefix: "DUPLICATE_STATE_")
      case "holds_registration":
        try term.demand(.equal)
        guard let isHolding = Bool(term.value) else { throw term.refused("is true or false") }
        self.isHolding = isHolding
      case "score": try narrow(byScore: term)
      default: throw term.refused("cannot be compared")
      }
    }
  }

  /// The higher the score, the lower the rank.
  private mutating func narrow(byScore term: FilterTerms.Term) throws(Refusal) {
    guard let score = Double(term.value), score.isFinite else { throw term.refused("is a number") }
    let rank = DuplicateCandidate.rank(of: score)
    let (low, high): (Int64, Int64)
    switch term.relation {
    case .equal: (low, high) = (rank, rank)
    case .greater: (low, high) = (.min, rank - 1)
    case .greaterOrEqual: (low, high) = (.min, rank)
    case .less: (low, high) = (rank + 1, .max)
    case .lessOrEqual: (low, high) = (rank, .max)
    case .has: throw term.refused("is no list")
    }
    rankMin = max(rankMin ?? .min, low)
    rankMax = min(rankMax ?? .max, high)
  }
}

extension PageRequest {
  /// The place to go on after, in lists of possible duplicates.
  var duplicateKey: DuplicateKey? {
    guard let key, key.count == 2, let rank = Int64(key[0]),
      let id = DuplicateCandidateID(rawValue: key[1])
    else { return nil }
    return DuplicateKey(rank, id)
  }

  /// The `next_page_token` after a page of possible duplicates; empty when there is no more.
  func nextToken(_ page: Page<DuplicateCandidate>) -> String {
    guard page.hasMore, let last = page.items.last else { return "" }
    return token(after: [String(last.rank), last.id.rawValue])
  }
}
