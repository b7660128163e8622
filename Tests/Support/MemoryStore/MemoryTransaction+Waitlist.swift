import Domain
import Storage

extension MemoryTransaction {
  func waitlistEntry(_ id: WaitlistEntryID) -> WaitlistEntry? { state.waitlist[id] }

  func waitlistEntries(
    _ filter: WaitlistFilter, after key: TimeKey<WaitlistEntryID>?, limit: Int
  ) -> Page<WaitlistEntry> {
    let found = state.waitlist.values.filter { entry in
      (filter.registration == nil || filter.registration == entry.registration)
        && (filter.office.map { entry.offices.contains($0) } ?? true)
        && (filter.kind == nil || filter.kind == entry.kind)
        && (filter.states.isEmpty || filter.states.contains(entry.state))
        && isOwned(entry.registration, by: filter.owner)
    }
    return page(found, after: key, limit: limit) { TimeKey($0.rankTime, $0.id) }
  }

  func openWaitlistEntry(
    of registration: RegistrationID, for kind: ServiceKind
  ) -> WaitlistEntry? {
    state.waitlist.values.first {
      $0.registration == registration && $0.kind == kind && $0.state.isOpen
    }
  }

  func lastWaitlistEntry(
    of registration: RegistrationID, for kind: ServiceKind
  ) -> WaitlistEntry? {
    state.waitlist.values.filter { $0.registration == registration && $0.kind == kind }.max {
      ($0.revision.createTime, $0.revision.updateTime, $0.id)
        < ($1.revision.createTime, $1.revision.updateTime, $1.id)
    }
  }

  func waiting(
    for seats: FreedSeats, after key: TimeKey<WaitlistEntryID>?, limit: Int
  ) -> Page<WaitlistEntry> {
    let found = state.waitlist.values.filter { entry in
      entry.state == .waiting && entry.kind == seats.kind && entry.offices.contains(seats.office)
        && entry.seats <= seats.count && entry.notice <= seats.notice
    }
    return page(found, after: key, limit: limit) { TimeKey($0.rankTime, $0.id) }
  }

  func insert(_ entry: WaitlistEntry) throws {
    try require(
      state.registrations[entry.registration] != nil
        && (entry.appointment.map { state.appointments[$0] != nil } ?? true))
    try requireAlone(entry)
    try add(entry, entry.id, to: \.waitlist)
  }

  func update(_ entry: WaitlistEntry, from version: Version) throws {
    try requireAlone(entry)
    try replace(entry, entry.id, in: \.waitlist, from: version, \.revision.version)
  }

  private func requireAlone(_ entry: WaitlistEntry) throws {
    guard entry.state.isOpen, let other = openWaitlistEntry(of: entry.registration, for: entry.kind)
    else { return }
    if other.id != entry.id { throw StoreError.conflict(.waiting) }
  }
}
