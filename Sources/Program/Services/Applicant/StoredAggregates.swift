import Domain
import Storage

extension Registration: StoredAggregate {
  /// A registration is inserted with its key; see `createRegistration`.
  func insert(into tx: any StoreTransaction) throws {
    throw StoreError.defect("a registration is inserted with its case key")
  }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
  static func count(_ change: Change<Self>, in work: Writing) throws {
    try work.count(change)
  }
}

extension Consent: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
}

extension Referral: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
  static func count(_ change: Change<Self>, in work: Writing) throws {
    try work.count(change)
  }
}

extension DuplicateCandidate: StoredAggregate {
  func insert(into tx: any StoreTransaction) throws { try tx.insert(self) }
  func update(in tx: any StoreTransaction, from version: Version) throws {
    try tx.update(self, from: version)
  }
}
