import Domain
import Storage

// The same number twice (INV-8): the strongest sign, and the only one that is told to the second.
extension Writing {
  /// The first registration of one of these people, for a caller who may know of it: it is told where
  /// to go on. To anybody else the answer would say who is registered, so that the second comes in
  /// and is held.
  ///
  /// It takes the same number of the same kind of document of the same issuer, and birth dates that, as
  /// far as they are known, do not differ (domain § 10, 6).
  func known(_ suspicions: [Suspicion]) throws -> Registration? {
    let reach = Reach(caller: caller, reader: tx)
    for suspicion in suspicions where suspicion.assessment.hasSameNumber {
      guard Self.canBeOne(suspicion.person.birthDate, suspicion.other.birthDate),
        let first = try tx.glimpse(of: suspicion.other.registration), try reach.includes(first)
      else { continue }
      return first
    }
    return nil
  }

  /// The registration as it is held by what is in the store now: a hold ends with what it was for, when
  /// the other registration has ended, or a reviewer has found two persons.
  func reheld(_ registration: Registration) throws -> Registration {
    var marked = try marked(registration)
    if try hasUnfiledTwin(registration) { marked.holds.insert(.duplicate) }
    return marked
  }

  /// Whether a number is in another registration too and no search has yet compared the two: so it is
  /// where both were handed in before there were candidates.
  private func hasUnfiledTwin(_ registration: Registration) throws -> Bool {
    for document in try documents(of: try tx.persons(of: registration.id)) {
      guard let index = document.numberIndex else { continue }
      for other in try tx.holders(ofNumber: index, in: registration.program)
      where other.registration != registration.id {
        let pair = DuplicatePair(document.person, other.id)
        if try tx.duplicateCandidate(of: pair) == nil { return true }
      }
    }
    return false
  }

  /// The documents of these persons.
  func documents(of persons: [Person]) throws -> [IdentityDocument] {
    try persons.flatMap { try tx.documents(of: $0.id) }
  }

  /// Whether two dates, as far as they are known, can be the same day.
  private static func canBeOne(_ one: CivilDate?, _ other: CivilDate?) -> Bool {
    guard let one, let other else { return true }
    return !one.isSurelyBefore(other) && !other.isSurelyBefore(one)
  }
}
