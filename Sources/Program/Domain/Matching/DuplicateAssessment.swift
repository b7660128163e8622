/// Whether two persons may be one human being: the evidence and its sum.
public struct DuplicateAssessment: Hashable, Sendable {
  /// What speaks for and against.
  public private(set) var evidence: [DuplicateEvidence] = []
  /// Whether a number of a document is the same.
  public private(set) var hasSameNumber = false
  /// Whether the birth dates cannot be one.
  public private(set) var isBirthDateConflict = false
  private let rule: MatchingRule
  /// How many of the two households are the same.
  private var sameCompanionCount = 0

  /// The sum of the weights, in bits, to a thousandth.
  public var score: Double {
    (evidence.reduce(0) { $0 + $1.weight } * 1_000).rounded() / 1_000
  }
  /// Whether somebody is to look at the pair (T1).
  public var isSuspicious: Bool { score >= rule.reviewBits }
  /// Whether the later registration is held until then (T2).
  public var isHolding: Bool { score >= rule.holdBits }

  /// Compares two persons of different registrations.
  public init(_ first: MatchSubject, _ second: MatchSubject, by rule: MatchingRule = .standard) {
    self.rule = rule
    let name = NameMatch(first.name, second.name)
    let date = BirthDateMatch(first.person, second.person)
    add(.name, name.similarity, bits(of: name))
    if let date { add(.birthDate, date.similarity, bits(of: date)) }
    isBirthDateConflict = date?.isConflict ?? false
    if let phone = first.person.phone, phone == second.person.phone {
      add(.phone, 1, rule.samePhoneBits)
    }
    addNumbers(first.documents, second.documents)
    addHouseholds(first.companions, second.companions)
    let isTwin = date?.isSameDay == true && first.name.isTwin(of: second.name, by: name)
    // Twins have their parents in common; who has more than two people in common has a household.
    limit(name, isTwin: isTwin && sameCompanionCount <= 2)
  }

  // MARK: What each comparison says

  private func bits(of name: NameMatch) -> Double {
    guard name.sharedCount > 0 else { return rule.strangeNameBits }
    let others = min(name.firstOnlyCount, name.secondOnlyCount)
    let lacking = max(name.firstOnlyCount, name.secondOnlyCount) - others
    return min(name.sharedBits, rule.nameBitsMax) + Double(others) * rule.otherWordBits
      + Double(lacking) * rule.lackingWordBits
  }

  private func bits(of date: BirthDateMatch) -> Double {
    let equal =
      switch date.precision {
      case .day: rule.sameDayBits
      case .month: rule.sameMonthBits
      case .year: rule.sameYearBits
      }
    return rule.otherDateBits + (equal - rule.otherDateBits) * date.similarity
  }

  private mutating func addNumbers(
    _ first: [IdentityDocument], _ second: [IdentityDocument]
  ) {
    let pairs = first.flatMap { one in second.map { (one, $0) } }
    let same = pairs.filter { $0.hasNumber(of: $1) }
    hasSameNumber = !same.isEmpty
    // The strongest alone: a person's two documents do not say it twice.
    let ranked = same.sorted { $0.0.kind.rawValue < $1.0.kind.rawValue }
    let seen = ranked.first { $0.0.isVerified && $0.1.isVerified } ?? ranked.first
    if let (one, other) = seen {
      let isProof = one.isVerified && other.isVerified && !isBirthDateConflict
      add(
        one.kind == .passport ? .passport : .cui, 1,
        isProof ? rule.verifiedNumberBits : rule.sameNumberBits)
    } else if pairs.contains(where: { one, other in
      one.kind == .dpi && other.kind == .dpi && one.isVerified && other.isVerified
    }) {
      add(.cui, 0, rule.otherNumberBits)
    }
  }

  private mutating func addHouseholds(
    _ first: [MatchHousehold.Companion], _ second: [MatchHousehold.Companion]
  ) {
    func isSame(_ one: MatchHousehold.Companion, _ other: MatchHousehold.Companion) -> Bool {
      !one.sounds.isEmpty && one.sounds == other.sounds
        && BirthDateMatch(one.person, other.person)?.isConflict != true
    }
    let known = min(
      first.count { one in second.contains { isSame(one, $0) } },
      second.count { other in first.contains { isSame($0, other) } })
    sameCompanionCount = known
    guard known > 0 else { return }
    let similarity = min(1, Double(known) / Double(min(first.count, second.count)))
    add(.household, similarity, rule.sameHouseholdBits * similarity)
  }

  // MARK: What no sum decides

  /// A same number is held whatever else there is (INV-8). Without one, nobody is held who looks like
  /// a twin, whose names stand in another order, or whose birth date is another: a person decides.
  private mutating func limit(_ name: NameMatch, isTwin: Bool) {
    if hasSameNumber {
      let lacking = rule.holdBits - score
      if lacking > 0 { raise([.cui, .passport], by: lacking) }
      return
    }
    let excess = score - rule.reviewBitsMax
    guard excess > 0 else { return }
    if isTwin {
      add(.twinPattern, 1, -excess)
    } else if isBirthDateConflict {
      raise([.birthDate], by: -excess)
    } else if name.isPermuted {
      raise([.name], by: -excess)
    }
  }

  private mutating func raise(_ kinds: [DuplicateEvidence.Kind], by bits: Double) {
    guard let index = evidence.firstIndex(where: { kinds.contains($0.kind) }) else { return }
    evidence[index].weight = Self.rounded(evidence[index].weight + bits)
  }

  private mutating func add(
    _ kind: DuplicateEvidence.Kind, _ similarity: Double, _ weight: Double
  ) {
    evidence.append(
      DuplicateEvidence(
        kind: kind, similarity: Self.rounded(similarity), weight: Self.rounded(weight)))
  }

  /// To a millionth, so that it is the same whoever of the two is named first.
  private static func rounded(_ value: Double) -> Double {
    (value * 1_000_000).rounded() / 1_000_000
  }
}
