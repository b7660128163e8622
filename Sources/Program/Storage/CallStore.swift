public import Domain

/// Reads what is kept about calls: what was answered, and what waits for a second person.
public protocol CallReader {
  /// What a request id did, while it is remembered; `nil` when new or forgotten.
  func idempotencyRecord(
    partner: PartnerID, method: String, requestID: String
  ) throws -> IdempotencyRecord?
  /// The approval of that id.
  func pendingApproval(_ id: PendingApprovalID) throws -> PendingApproval?
  /// The approval that waits for this move of this resource, or has waited in vain and is not marked
  /// so yet.
  func pendingApproval(method: String, resource: String) throws -> PendingApproval?
}

/// Keeps what calls did.
public protocol CallWriter {
  /// Remembers what a request did, in the change's unit.
  /// - Throws: `StoreError.conflict(.requestID)` when another call with this id was quicker: read
  ///   the record again in a new unit and answer from it.
  func record(_ record: IdempotencyRecord) throws
  /// Forgets records whose time has passed.
  /// - Returns: how many were forgotten, at most `limit`.
  func forgetIdempotencyRecords(limit: Int) throws -> Int
  /// Adds an approval that waits.
  /// - Throws: `StoreError.conflict(.pendingApproval)` when one waits for the same move of the same
  ///   resource already.
  func insert(_ approval: PendingApproval) throws
  /// Replaces an approval the caller read at `version`.
  func update(_ approval: PendingApproval, from version: Version) throws
}
