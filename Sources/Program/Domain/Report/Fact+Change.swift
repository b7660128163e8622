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
  /// What a report counts of it; empty for most changes.
  ///
  /// - Parameter stateSince: when the registration came into the state that it leaves
  public func facts(_ source: FactSource, stateSince: Instant?) -> [Fact] {
    counted(source) + step(source, stateSince)
  }

  private func counted(_ source: FactSource) -> [Fact] {
    switch event {
    case .submit:
      let isHeld = entity.holds.contains(.duplicate)
      return [source.fact(.submitted, source.household)]
        + (isHeld ? [source.fact(.duplicatesHeld)] : [])
    case .screenOut:
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

  /// The days spent in the state that the registration leaves.
  private func step(_ source: FactSource, _ since: Instant?) -> [Fact] {
    guard let stepEnded, let since else { return [] }
    let days = (entity.revision.updateTime - since) / .days(1)
    return [source.fact(.medianDays, number: Int(days), [.step: FactValue.name(of: stepEnded)])]
  }

  /// The step of the road that a change ends; nil for one that ends none. A household that leaves in
  /// the middle of a step has not made it.
  public var stepEnded: RegistrationState? {
    guard let stateBefore, FactValue.steps.contains(stateBefore), entity.state != stateBefore,
      event != .withdraw, event != .expire
    else { return nil }
    return stateBefore
  }

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
  public func facts(_ source: FactSource) -> [Fact] {
    measure.map { [source.fact($0, [.partner: entity.to.rawValue])] } ?? []
  }

  /// Whether it has facts at all, so that nobody reads for nothing.
  public var isCounted: Bool { measure != nil }
}

extension FactValue {
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
