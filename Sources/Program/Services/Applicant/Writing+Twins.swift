import Domain
import Storage

extension Writing {
  /// Looks for the people of a household in the programme's other registrations that have been handed
  /// in and not ended (INV-8): by the same number of the same kind of document of the same issuer.
  ///
  /// Compared are keyed indexes; no document is opened.
  ///
  /// - Parameter documents: theirs, with those that are about to be added
  /// - Returns: the registrations, each with whether one of its persons can be the same: birth dates,
  ///   as far as they are known, must not differ (domain § 10, 6)
  func twins(
    of persons: [Person], documents: [IdentityDocument], besides registration: Registration
  ) throws -> [Twin] {
    var twins: [Twin] = []
    for document in documents {
      guard let index = document.numberIndex,
        let person = persons.first(where: { $0.id == document.person })
      else { continue }
      for other in try tx.holders(ofNumber: index, in: registration.program)
      where other.registration != registration.id {
        twins.append(
          Twin(
            registration: other.registration,
            canBeOne: Self.canBeOne(person.birthDate, other.birthDate)))
      }
    }
    return twins
  }

  /// The registration with a duplicate hold where somebody of it may be in another: nobody is turned
  /// away, and no place is given, before a person has looked. A draft is looked at when it is handed
  /// in.
  func held(
    _ registration: Registration, if persons: [Person], _ documents: [IdentityDocument]
  ) throws -> Registration {
    guard registration.state != .draft,
      try !twins(of: persons, documents: documents, besides: registration).isEmpty
    else { return registration }
    var held = registration
    held.holds.insert(.duplicate)
    return held
  }

  /// The registration as it is held by what is in the store now: a hold ends with what it was for, when
  /// the other registration has ended or the document was somebody else's after all.
  func reheld(_ registration: Registration) throws -> Registration {
    let persons = try tx.persons(of: registration.id)
    var registration = registration
    registration.holds.remove(.duplicate)
    return try held(registration, if: persons, documents(of: persons))
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

/// Another registration in which somebody may be already.
struct Twin {
  /// The registration.
  var registration: RegistrationID
  /// Whether nothing says that they are two.
  var canBeOne: Bool
}
