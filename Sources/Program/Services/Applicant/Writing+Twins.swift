import Domain
import Storage

/// What the people of a household have in common with people of other registrations.
struct Twins {
  /// The registration in which one of them is already.
  var first: Registration?
  /// Somebody else carries the same document, which only a person can explain.
  var areSuspected = false
}

extension Writing {
  /// Looks for the people of a form in the programme's other registrations that have been handed in
  /// and not ended (INV-8).
  ///
  /// The same number of the same kind of document of the same issuer makes one person, unless the
  /// birth dates cannot be one (domain § 10, 6): then it is for a reviewer to see, and nobody is
  /// turned away. Compared are keyed indexes; no number is read.
  func twins(of form: Completeness.Form) throws -> Twins {
    var twins = Twins()
    for person in form.persons {
      if let other = try tx.liveRegistration(of: person.cluster, in: form.registration.program),
        isBefore(other, form.registration)
      {
        twins.first = twins.first ?? other
      }
    }
    for document in form.documents {
      guard let index = document.numberIndex,
        let person = form.persons.first(where: { $0.id == document.person })
      else { continue }
      for twin in try tx.documents(numberIndex: index) {
        guard let other = try tx.person(twin.person),
          let registration = try tx.registration(other.registration),
          isBefore(registration, form.registration)
        else { continue }
        if Self.canBeOne(person.birthDate, other.birthDate) {
          twins.first = twins.first ?? registration
        } else {
          twins.areSuspected = true
        }
      }
    }
    return twins
  }

  /// Whether a registration counts against another: a draft does not, else whoever begins one with
  /// somebody's number keeps that person out.
  private func isBefore(_ other: Registration, _ registration: Registration) -> Bool {
    other.id != registration.id && other.program == registration.program && other.state.isLive
      && other.state != .draft
  }

  /// Whether two dates, as far as they are known, can be the same day.
  private static func canBeOne(_ one: CivilDate?, _ other: CivilDate?) -> Bool {
    guard let one, let other else { return true }
    return !one.isSurelyBefore(other) && !other.isSurelyBefore(one)
  }
}
