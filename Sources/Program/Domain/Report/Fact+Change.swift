/// Whose change it was, as far as a fact may tell.
public struct FactSource: Sendable {
  /// The day of the change, in the programme's zone.
  public var day: CivilDate
  /// The registration that it was of, or for.
  public var registration: Registration
  /// The person whom that is about.
  public var principal: Person?

  /// Every field as given; nothing is checked here.
  public init(day: CivilDate, registration: Registration, principal: Person?) {
    self.day = day
    self.registration = registration
    self.principal = principal
  }

  /// A fact of this case.
  public func fact(
    _ measure: Measure, number: Int = 1, _ values: [Dimension: String] = [:]
  ) -> Fact {
    Fact(
      day: day, program: registration.program, measure: measure, number: number, values: values)
  }

  /// What of its household a fact may say.
  var household: [Dimension: String] {
    [
      .nationality: FactValue.nationality(principal), .sex: FactValue.sex(principal),
      .ageBand: FactValue.ageBand(principal, on: day),
      .language: FactValue.language(registration.language),
      .channel: FactValue.name(of: registration.channel),
      .department: FactValue.department(registration.subdivision),
    ]
  }
}

extension Change<Registration> {
  /// What a report counts of it; empty for most changes. Nothing is counted twice of a case: a figure of
  /// eleven must not be one household that has come back eleven times.
  ///
  /// - Parameter history: the registration's earlier events, by version; see ``needsHistory``
  public func facts(_ source: FactSource, history: [StatusEvent]) -> [Fact] {
    counted(source, history) + steps(source, history)
  }

  private func counted(_ source: FactSource, _ history: [StatusEvent]) -> [Fact] {
    switch event {
    case .submit:
      let isHeld = entity.holds.contains(.duplicate)
      return [source.fact(.submitted, source.household)]
        + (isHeld ? [source.fact(.duplicatesHeld)] : []) + leaving(source)
    // A case that was reopened and is screened out again was screened out once, for the first reason.
    case .screenOut where !history.contains(event):
      let reason = entity.screening.map { FactValue.name(of: $0.reason) }
      return [source.fact(.screenedOut, [.reason: reason ?? FactValue.unknown])]
    case .invite:
      return [source.fact(.invited, [.language: FactValue.language(entity.language)])]
    case .withdraw where entity.submitTime != nil:
      // A draft that is taken back has left nothing.
      let reason = entity.withdrawalReason.map { FactValue.name(of: $0) }
      return [
        source.fact(
          .withdrawn,
          [
            .reason: reason ?? FactValue.unknown,
            .department: FactValue.department(entity.subdivision),
          ])
      ]
    case .resolve:
      let outcome = entity.resolution.map { FactValue.name(of: $0.outcome) }
      return [
        source.fact(
          .outcomes,
          [
            .outcome: outcome ?? FactValue.unknown,
            .pathway: entity.resolution?.pathway?.rawValue ?? FactValue.none,
          ])
      ]
    default: return []
    }
  }

  /// The reasons that a registration gives for leaving, each with the department that its submission is
  /// counted under, and nothing by which they could be put together again.
  private func leaving(_ source: FactSource) -> [Fact] {
    let department = FactValue.department(entity.subdivision)
    return Set(entity.answers.leavingReasons).intersection(LeavingReason.counted).map {
      source.fact(.leaving, [.reason: FactValue.name(of: $0), .department: department])
    }
  }

  /// The days spent in each step that the change ends, all stays together.
  private func steps(_ source: FactSource, _ history: [StatusEvent]) -> [Fact] {
    let ended = stepsEnded
    let wasEnded = history.contains { earlier in
      ended.contains { $0.rawValue == earlier.stateBefore }
        && !ended.contains { $0.rawValue == earlier.stateAfter }
    }
    guard !wasEnded else { return [] }
    return ended.compactMap { step in
      guard let time = history.time(in: step, until: entity.revision.updateTime) else { return nil }
      return source.fact(
        .medianDays, number: Int(time / .days(1)), [.step: FactValue.name(of: step)])
    }
  }

  /// The steps of the road that a change ends for good; none for most. Asking for information and getting
  /// it ends neither screening nor the asking. A household that leaves in the middle of a step has not
  /// made it.
  var stepsEnded: [RegistrationState] {
    guard let stateBefore, event != .withdraw, event != .expire else { return [] }
    let steps = FactValue.screening.contains(stateBefore) ? FactValue.screening : [stateBefore]
    return steps.contains(entity.state) ? [] : steps.filter { FactValue.steps.contains($0) }
  }

  /// Whether ``facts(_:history:)`` looks at what was before.
  public var needsHistory: Bool { event == .screenOut || !stepsEnded.isEmpty }

  /// Whether it may have facts at all, so that nobody reads for nothing.
  public var isCounted: Bool { stateBefore.map { $0 != entity.state } ?? false }
}

extension Change<Appointment> {
  /// What a report counts of it; empty for most changes.
  public func facts(_ source: FactSource) -> [Fact] {
    let office = [Dimension.office: entity.service.office.rawValue]
    return switch event {
    case .offer: [source.fact(.offered, office)]
    case .confirm: [source.fact(.confirmed, office)]
    case .markNoShow: [source.fact(.noShow, office)]
    case .complete:
      [
        source.fact(
          .seatsUsed, number: entity.attendees.count { $0.attendance == .present }, office)
      ]
    default: []
    }
  }

  /// Whether it has facts at all, so that nobody reads for nothing.
  public var isCounted: Bool {
    switch event {
    case .offer, .confirm, .markNoShow, .complete: true
    default: false
    }
  }
}

extension Change<Referral> {
  /// What a report counts of it; nil for most changes.
  private var measure: Measure? {
    switch event {
    case .send: stateBefore == .draft ? .referralsSent : nil
    case .accept: .referralsAccepted
    case .reject: .referralsRejected
    case .returnToSender: .referralsReturned
    case .markOverdue: .referralsOverdue
    default: nil
    }
  }

  /// The same as facts. By partner alone: which pathways a partner serves is known to everybody, so
  /// that figures by pathway beside those by partner would give each other away.
  ///
  /// - Parameter history: the referral's earlier events; see ``needsHistory``
  public func facts(_ source: FactSource, history: [StatusEvent]) -> [Fact] {
    guard let measure, !history.contains(event) else { return [] }
    return [source.fact(measure, [.partner: entity.to.rawValue])]
  }

  /// Whether ``facts(_:history:)`` looks at what was before: a referral goes to and fro, and is counted once.
  public var needsHistory: Bool { event == .returnToSender || event == .markOverdue }

  /// Whether it has facts at all, so that nobody reads for nothing.
  public var isCounted: Bool { measure != nil }
}

extension [StatusEvent] {
  /// Whether an event has been before.
  fileprivate func contains(_ event: some MachineEvent) -> Bool {
    contains { $0.type == event.rawValue }
  }

  /// How long a registration was in a state, all stays together; nil for never.
  fileprivate func time(in state: RegistrationState, until end: Instant) -> Duration? {
    var time: Duration?
    for (event, next) in zip(self, dropFirst().map(\.time) + [end])
    where event.stateAfter == state.rawValue { time = (time ?? .zero) + (next - event.time) }
    return time
  }
}

extension FactValue {
  /// The states of screening, between which a case goes to and fro.
  static let screening: [RegistrationState] = [.screening, .infoRequested]

  /// The states of a registration in which something has to be done for it.
  static let steps: [RegistrationState] = [
    .submitted, .screening, .infoRequested, .invited, .interviewed, .eligible, .referred,
  ]
}

extension Fact {
  /// Seats that an office offers, by the day on which they are to be had.
  ///
  /// - Parameter sign: -1 where they are taken back
  public static func seats(of slots: [Slot], at office: Office, sign: Int = 1) -> [Fact] {
    let days = Dictionary(grouping: slots) { office.zone.local($0.start).date }
    return days.map { day, slots in
      Fact(
        day: day, program: office.program, measure: .seatsOffered,
        number: sign * slots.reduce(0) { $0 + $1.capacitySeats },
        values: [.office: office.id.rawValue])
    }
  }

  /// A call that access has denied.
  ///
  /// - Parameter partner: who called; nil where nobody known did
  public static func denial(of partner: PartnerID?, on day: CivilDate) -> Fact {
    Fact(
      day: day, program: nil, measure: .denials,
      values: [.partner: partner?.rawValue ?? FactValue.unknown])
  }
}
