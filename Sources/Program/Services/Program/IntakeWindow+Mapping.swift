import Domain
import SafeMobilityAPI
import Storage

extension SafeMobility.IntakeWindow {
  /// The window as the contract has it.
  init(_ window: IntakeWindow) {
    self.init()
    name = window.id.name
    uid = window.uid.rawValue
    createTime = .init(window.revision.createTime)
    updateTime = .init(window.revision.updateTime)
    etag = window.etag.text
    state = .init(window.state)
    openTime = .init(window.openTime)
    closeTime = .init(window.closeTime)
    quota = Int32(window.quota)
    admitted = Int32(window.admitted)
    channel = .init(window.channel)
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
