import Domain
import SafeMobilityAPI
import Storage

extension SafeMobility.IntakeWindow {
  /// The window as the contract has it. How many it has admitted only to administrators, and so what
  /// changes with each of them: the version in the etag and the time of the last change. Who may look
  /// often would see each registration come in, and figures from 1 to 10 are nobody else's (INV-18).
  init(_ window: IntakeWindow, for role: Role) {
    self.init()
    name = window.id.name
    uid = window.uid.rawValue
    createTime = .init(window.revision.createTime)
    state = .init(window.state)
    openTime = .init(window.openTime)
    closeTime = .init(window.closeTime)
    quota = Int32(window.quota)
    channel = .init(window.channel)
    guard role == .programAdmin else { return }
    updateTime = .init(window.revision.updateTime)
    etag = window.etag.text
    admitted = Int32(window.admitted)
  }
}

extension IntakeWindow {
  /// The window an administrator plans.
  init(
    _ id: IntakeWindowID, uid: ResourceUID, _ message: SafeMobility.IntakeWindow, at now: Instant
  ) throws(Refusal) {
    self.init(
      id: id, uid: uid,
      openTime: try message.openTime.flatMap { Instant($0) }.known("intake_window.open_time"),
      closeTime: try message.closeTime.flatMap { Instant($0) }.known("intake_window.close_time"),
      quota: Int(message.quota), admitted: 0, channel: Channel(message.channel), state: .planned,
      revision: Revision(createdAt: now))
  }
}

extension IntakeWindow: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
}
