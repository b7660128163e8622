import Domain
import Storage

extension MemoryTransaction {
  func windowsToClose(
    after key: TimeKey<IntakeWindowID>?, limit: Int
  ) -> Page<TimeKey<IntakeWindowID>> {
    keys(
      state.windows.values.filter { $0.state != .closed && $0.closeTime <= now }
        .map { TimeKey($0.closeTime, $0.id) }, after: key, limit)
  }

  func windowsToOpen(
    after key: TimeKey<IntakeWindowID>?, limit: Int
  ) -> Page<TimeKey<IntakeWindowID>> {
    keys(
      state.windows.values
        .filter { $0.state == .planned && $0.openTime <= now && now < $0.closeTime }
        .map { TimeKey($0.openTime, $0.id) }, after: key, limit)
  }

  func holdsToExpire(after key: TimeKey<HoldID>?, limit: Int) -> Page<TimeKey<HoldID>> {
    let holds = state.holds.values.filter { $0.state == .active && $0.expireTime <= now }
    return keys(holds.map { TimeKey($0.expireTime, $0.id) }, after: key, limit)
  }

  func offersToLapse(
    after key: TimeKey<AppointmentID>?, limit: Int
  ) -> Page<TimeKey<AppointmentID>> {
    let offers = state.appointments.values.filter { $0.state == .offered }
    return keys(due(offers, at: now, by: \.confirmBy, \.id), after: key, limit)
  }

  func appointmentsMissed(
    after key: TimeKey<AppointmentID>?, limit: Int
  ) -> Page<TimeKey<AppointmentID>> {
    let missed = state.appointments.values.filter { appointment in
      guard appointment.state == .confirmed, let offer = state.offers[appointment.service],
        let slot = state.slots[appointment.slot]
      else { return false }
      return !slot.isBlocked && appointment.end + .minutes(offer.noShowGraceMinutes) < now
    }
    return keys(missed.map { TimeKey($0.end, $0.id) }, after: key, limit)
  }

  func referralsUnanswered(
    after key: TimeKey<ReferralID>?, limit: Int
  ) -> Page<TimeKey<ReferralID>> {
    let waiting = state.referrals.values.filter {
      [.sent, .withdrawalRequested].contains($0.state) && !$0.isOverdue
    }
    return keys(due(waiting, at: now, by: \.dueTime, \.id), after: key, limit)
  }

  func referralsOverdue(
    since instant: Instant, after key: TimeKey<ReferralID>?, limit: Int
  ) -> Page<TimeKey<ReferralID>> {
    let overdue = state.referrals.values.filter { $0.state == .sent && $0.isOverdue }
    return keys(due(overdue, at: instant, by: \.dueTime, \.id), after: key, limit)
  }

  func consentsToExpire(
    after key: TimeKey<ConsentID>?, limit: Int
  ) -> Page<TimeKey<ConsentID>> {
    let active = state.consents.values.filter { $0.state == .active }
    return keys(due(active, at: now, by: \.expireTime, \.id), after: key, limit)
  }

  func draftsIdle(
    since instant: Instant, after key: TimeKey<RegistrationID>?, limit: Int
  ) -> Page<TimeKey<RegistrationID>> {
    let idle = state.registrations.values
      .filter { $0.state == .draft && $0.revision.updateTime <= instant }
    return keys(idle.map { TimeKey($0.revision.updateTime, $0.id) }, after: key, limit)
  }

  /// The keys of those that have a time, and whose time has come.
  private func due<Entity, ID: Identifier>(
    _ entities: [Entity], at instant: Instant, by time: (Entity) -> Instant?, _ id: (Entity) -> ID
  ) -> [TimeKey<ID>] {
    entities.compactMap { entity in
      time(entity).flatMap { $0 <= instant ? TimeKey($0, id(entity)) : nil }
    }
  }

  private func keys<ID: Identifier>(
    _ all: [TimeKey<ID>], after key: TimeKey<ID>?, _ limit: Int
  ) -> Page<TimeKey<ID>> {
    page(all, after: key, limit: limit) { $0 }
  }
}
