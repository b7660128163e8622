import Domain
import Storage

extension MemoryTransaction {
  func auditLogSize() -> Int64 { Int64(state.entries.count) }

  func auditEntries(from position: Int64, limit: Int) -> Page<SequencedEntry> {
    Page(found: Array(state.entries.dropFirst(Int(max(position, 0)))), limit: limit)
  }

  func auditEntry(_ id: AuditEntryID) -> SequencedEntry? {
    state.entries.first { $0.entry.id == id }
  }

  func auditEntries(
    ofCase pseudonym: Digest, before position: Int64?, limit: Int
  ) -> Page<SequencedEntry> {
    let found = state.entries.reversed().filter { sequenced in
      sequenced.entry.casePseudonym == pseudonym
        && sequenced.leaf.position < position ?? .max
    }
    return Page(found: found, limit: limit)
  }

  func auditHashes(_ level: Int, _ places: Range<Int64>) -> [Digest] {
    let all = level == 0 ? state.entries.map(\.leaf.leafHash) : state.tiles[level] ?? []
    let start = min(Int(places.lowerBound), all.count)
    return Array(all[start..<min(Int(places.upperBound), all.count)])
  }

  func append(tiles: [Digest], of level: Int, from place: Int64) throws {
    guard state.tiles[level, default: []].count == place else {
      throw StoreError.conflict(.identifier)
    }
    state.tiles[level, default: []] += tiles
  }

  func checkpoint(ofSize size: Int64?) -> Checkpoint? {
    guard let size else { return state.checkpoints.last }
    return state.checkpoints.first { $0.size == size }
  }

  func append(_ checkpoint: Checkpoint) throws {
    if self.checkpoint(ofSize: checkpoint.size) != nil { throw StoreError.conflict(.identifier) }
    state.checkpoints.append(checkpoint)
    state.checkpoints.sort { $0.size < $1.size }
  }

  func append(_ entry: AuditEntry, digest: Digest) throws {
    if auditEntry(entry.id) != nil { throw StoreError.conflict(.identifier) }
    let position = Int64(state.entries.count)
    let earliest = state.entries.last.map { $0.leaf.sequencedTime + .microseconds(1) }
    let time = max(earliest ?? now, now)
    let leaf = environment.auditLeaf(
      position: position, sequencedTime: time, entry: entry.id, entryDigest: digest)
    state.entries.append(SequencedEntry(entry: entry, leaf: leaf))
  }

  func statusEvents(of aggregate: AggregateKind, uid: String) -> [StatusEvent] {
    state.events.filter { $0.aggregate == aggregate && $0.uid == uid }
      .sorted { $0.version < $1.version }
  }

  func statusEvents(after position: Int64, limit: Int) -> Page<SequencedEvent> {
    let found = state.events.enumerated().dropFirst(Int(max(position, 0)))
      .map { SequencedEvent(position: Int64($0.offset) + 1, event: $0.element) }
    return Page(found: found, limit: limit)
  }

  func statusEvents(
    of aggregates: Set<AggregateKind>, after position: Int64, limit: Int
  ) -> Page<SequencedEvent> {
    var all = statusEvents(after: position, limit: .max).items
    all.removeAll { !aggregates.contains($0.event.aggregate) }
    return Page(found: all, limit: limit)
  }

  func statusEventEnd() -> Int64 { Int64(state.events.count) }

  func append(_ event: StatusEvent) throws {
    let taken = state.events.contains {
      $0.aggregate == event.aggregate && $0.uid == event.uid && $0.version == event.version
    }
    if taken { throw StoreError.conflict(.identifier) }
    state.events.append(event)
  }

  func idempotencyRecord(
    partner: PartnerID, method: String, requestID: String
  ) -> IdempotencyRecord? {
    let key = MemoryState.CallKey(partner: partner, method: method, requestID: requestID)
    return state.records[key].flatMap { now < $0.expireTime ? $0 : nil }
  }

  func record(_ record: IdempotencyRecord) throws {
    let known = idempotencyRecord(
      partner: record.partner, method: record.method, requestID: record.requestID)
    if known != nil { throw StoreError.conflict(.requestID) }
    let key = MemoryState.CallKey(
      partner: record.partner, method: record.method, requestID: record.requestID)
    state.records[key] = record
  }

  func forgetIdempotencyRecords(limit: Int) -> Int {
    let past = state.records.filter { $0.value.expireTime <= now }
      .sorted { $0.value.expireTime < $1.value.expireTime }.prefix(limit)
    for (key, _) in past { state.records[key] = nil }
    return past.count
  }

  func pendingApproval(_ id: PendingApprovalID) -> PendingApproval? { state.approvals[id] }
  func pendingApproval(method: String, resource: String) -> PendingApproval? {
    state.approvals.values.first {
      $0.method == method && $0.resource == resource && $0.state == .pending
    }
  }
  func insert(_ approval: PendingApproval) throws {
    guard pendingApproval(method: approval.method, resource: approval.resource) == nil else {
      throw StoreError.conflict(.pendingApproval)
    }
    try add(approval, approval.id, to: \.approvals)
  }
  func update(_ approval: PendingApproval, from version: Version) throws {
    try replace(approval, approval.id, in: \.approvals, from: version, \.revision.version)
  }
}
