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

  /// Takes a person out of the household, and out of the petitions. Refused with TRANSITION_NOT_ALLOWED for the principal,
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
    registration.answers.forget(person)
    return registration.move(.removeMember, to: registration.state, at: now)
  }

  // MARK: Duplicates

  /// Takes over what is known of the household's duplicates: whether it is held, whether one is
  /// confirmed, so that it can only be withdrawn, and who does not count until that is settled
  /// (INV-8). Nil when nothing of it is new. Who is confirmed gives its seats up to those who may use them.
  public mutating func reviewDuplicates(
    isHeld: Bool, isConfirmed: Bool, apart: Set<PersonID>, at now: Instant
  ) throws(Refusal) -> Change<Registration>? {
    var reviewed = registration
    reviewed.setDuplicates(isHeld: isHeld, isConfirmed: isConfirmed, apart: apart)
    guard reviewed != registration else { return nil }
    try demand(.reviewDuplicates)
    let isNewlyConfirmed = isConfirmed && !registration.holds.contains(.confirmedDuplicate)
    registration = reviewed
    return registration.move(
      .reviewDuplicates, to: registration.state, at: now,
      orders: isNewlyConfirmed ? [.cancelAppointments(by: .office)] : [])
  }

  // MARK: Protection

  /// Hides the case from all but the United Nations' partners, or shows it again (domain § 11); a confirmed duplicate
  /// too, because who sees a case is another matter than what may become of it. Refused with TRANSITION_NOT_ALLOWED
  /// when nothing would change.
  public mutating func setProtection(
    _ isHeld: Bool, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    let event: Registration.Event = isHeld ? .protect : .unprotect
    try demand(event)
    guard registration.holds.contains(.protection) != isHeld else {
      throw Refusal(
        .transitionNotAllowed, "The registration is \(isHeld ? "held already" : "not held").")
    }
    if isHeld {
      registration.holds.insert(.protection)
    } else {
      registration.holds.remove(.protection)
    }
    return registration.move(
      event, to: registration.state, at: now, orders: [.showReferrals(!isHeld)])
  }
}

extension Registration {
  /// Marks what is known of the household's duplicates; the principal always counts.
  public mutating func setDuplicates(isHeld: Bool, isConfirmed: Bool, apart: Set<PersonID>) {
    holds.remove([.duplicate, .confirmedDuplicate])
    if isHeld || isConfirmed { holds.insert(.duplicate) }
    if isConfirmed { holds.insert(.confirmedDuplicate) }
    for index in members.indices {
      members[index].standing = apart.contains(members[index].person) ? .underReview : .active
    }
  }
}
