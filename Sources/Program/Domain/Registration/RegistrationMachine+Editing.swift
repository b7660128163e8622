extension RegistrationMachine {
  // MARK: Corrections, which keep the state

  /// Takes over place, language and answers from `edited`, and nothing else; the queue rank stays
  /// (INV-14), and so does the rule the registration was judged by.
  public mutating func update(
    to edited: Registration, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.update)
    registration.homeRegion = edited.homeRegion
    registration.subdivision = edited.subdivision
    registration.municipality = edited.municipality
    registration.language = edited.language
    registration.needsInterpreter = edited.needsInterpreter
    registration.answers = edited.answers
    return registration.move(.update, to: registration.state, at: now)
  }

  /// Adds a person to the household. Whoever is in another live registration comes UNDER_REVIEW;
  /// that is the caller's to find out. Refused with FIELD_INVALID when the household would be too
  /// large or has the person already.
  public mutating func addMember(
    _ member: Member, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.addMember)
    guard registration.householdCount < limits.householdCountMax else {
      throw Refusal.field("relationship", "the household is as large as it can be")
    }
    guard !registration.persons.contains(member.person) else {
      throw Refusal.field("person", "is in the household already")
    }
    registration.members.append(member)
    return registration.move(.addMember, to: registration.state, at: now)
  }

  /// Takes a person out of the household. Refused with TRANSITION_NOT_ALLOWED for the principal,
  /// with FIELD_INVALID for somebody who is not a member.
  public mutating func removeMember(
    _ person: PersonID, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.removeMember)
    guard person != registration.principal else {
      throw Refusal(.transitionNotAllowed, "The principal cannot be taken out.")
    }
    guard let index = registration.members.firstIndex(where: { $0.person == person }) else {
      throw Refusal.field("name", "is not a member of the household")
    }
    registration.members.remove(at: index)
    return registration.move(.removeMember, to: registration.state, at: now)
  }
}
