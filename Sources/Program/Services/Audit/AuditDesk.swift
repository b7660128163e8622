import AuditProof
import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// The audit log, as the contract has it.
public struct AuditDesk: SafeMobility.AuditService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func listEntries(
    _ request: SafeMobility.ListEntriesRequest, call: ServerCall
  ) async throws -> SafeMobility.ListEntriesResponse {
    let secrets = desk.secrets
    return try await desk.read(request, call) { work in
      try AuditLogName.check(request.parent)
      let terms = try AuditTerms(request.filter)
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.parent, request.filter])
      let place = page.key?.first.flatMap { Int64($0) } ?? 0
      let (entries, next) = try work.entries(from: place, limit: page.limit, where: terms.admit)
      let tokens = ResumeTokens(streaming: request.parent, for: work.caller, secrets: secrets)
      return try .with {
        $0.entries = entries.map { SafeMobility.AuditEntry($0.entry, at: $0.leaf) }
        if let next {
          $0.nextPageToken = page.token(after: [String(next)])
        } else {
          $0.resumeToken = try work.token(behind: work.reader.auditLogSize(), tokens)
        }
      }
    }
  }

  public func getCheckpoint(
    _ request: SafeMobility.GetCheckpointRequest, call: ServerCall
  ) async throws -> SafeMobility.GetCheckpointResponse {
    try await desk.read(request, call) { work in
      try AuditLogName.check(request.parent)
      let checkpoint = try work.found(work.reader.checkpoint(ofSize: request.treeSize))
      return .with { $0.checkpoint = .init(checkpoint) }
    }
  }

  public func getInclusionProof(
    _ request: SafeMobility.GetInclusionProofRequest, call: ServerCall
  ) async throws -> SafeMobility.GetInclusionProofResponse {
    try await desk.read(request, call) { work in
      let found = try work.entry(named: request.name)
      let checkpoint = try work.checkpoint(request.treeSize, field: "tree_size")
      guard let hashes = try work.path(of: found.leaf.position, in: checkpoint) else {
        throw Refusal.field("tree_size", "is of a checkpoint before the entry; ask for a later one")
      }
      return .with {
        $0.position = found.leaf.position
        $0.leafSha256 = found.leaf.leafHash.bytes
        $0.hashes = hashes
        $0.checkpoint = .init(checkpoint)
      }
    }
  }

  public func getConsistencyProof(
    _ request: SafeMobility.GetConsistencyProofRequest, call: ServerCall
  ) async throws -> SafeMobility.GetConsistencyProofResponse {
    try await desk.read(request, call) { work in
      try AuditLogName.check(request.parent)
      let first = try work.checkpoint(request.firstSize ?? 0, field: "first_size")
      let second = try work.checkpoint(request.secondSize ?? 0, field: "second_size")
      guard first.size <= second.size else {
        throw Refusal.field("second_size", "must not be smaller than first_size")
      }
      // The empty log is the beginning of every other.
      let path = MerkleTree.consistencyPath(from: first.size, to: second.size) ?? []
      let tiles = work.reader.tiles
      return try .with {
        $0.hashes = try path.map { try tiles.root(of: $0).bytes }
        $0.first = .init(first)
        $0.second = .init(second)
      }
    }
  }

  public func getReceipt(
    _ request: SafeMobility.GetReceiptRequest, call: ServerCall
  ) async throws -> SafeMobility.GetReceiptResponse {
    try await desk.read(request, call) { work in
      let found = try work.entry(named: request.name)
      try work.reachSubject(of: found.entry)
      // Shortly after the call there is none yet that covers it.
      let checkpoint = try work.reader.checkpoint(ofSize: nil)
      let hashes = try checkpoint.flatMap { try work.path(of: found.leaf.position, in: $0) }
      let key = work.trail.subject?.key.map { Hash.entryKey($0, of: found.entry.id) }
      return .with {
        $0.entry = .init(found.entry, at: found.leaf)
        if let checkpoint, let hashes {
          $0.hashes = hashes
          $0.checkpoint = .init(checkpoint)
        }
        $0.commitmentKey = key ?? []
      }
    }
  }
}

/// The name of the one log.
enum AuditLogName {
  static let text = "auditLogs/\(AuditTrail.log)"

  /// - Throws: ACCESS_DENIED for another
  static func check(_ name: String) throws(Refusal) {
    guard name == text else { throw Refusal.denied(.absent) }
  }
}

extension Reading {
  /// How many entries one call looks at: behind a filter that few pass, a page may be short.
  private static let lookCountMax = 10_000
  private static let stepCount = 500

  /// Entries from a place on that pass a test, and where the next page begins; nil where the log ends.
  fileprivate func entries(
    from start: Int64, limit: Int, where passes: (AuditEntry) -> Bool
  ) throws -> (found: [SequencedEntry], next: Int64?) {
    var found: [SequencedEntry] = []
    var place = start
    while place < start + Int64(Self.lookCountMax) {
      let step = try reader.auditEntries(from: place, limit: Self.stepCount)
      for sequenced in step.items {
        if found.count == limit { return (found, sequenced.leaf.position) }
        if passes(sequenced.entry) { found.append(sequenced) }
        place = sequenced.leaf.position + 1
      }
      if !step.hasMore { return (found, nil) }
    }
    return (found, place)
  }

  /// The entry of that name, if the caller may prove it: one of its own partner's calls, or any for those who oversee.
  fileprivate func entry(named name: String) throws -> SequencedEntry {
    let ids = try NestedName.ids(in: name, "auditLogs", "entries")
    guard ids[0] == AuditTrail.log else { throw Refusal.denied(.absent) }
    let found = try found(reader.auditEntry(NestedName.id(ids[1])))
    let seesAll = caller.role == .auditor || caller.role == .dpo
    guard seesAll || found.entry.partner == caller.partner else {
      throw Refusal.denied(.outOfReach)
    }
    return found
  }

  /// Sees to it that the caller reaches the case of an entry, if it is about one.
  ///
  /// Denied calls have no receipt: an entry knows whether what was asked for exists, and whoever was denied must not.
  fileprivate mutating func reachSubject(of entry: AuditEntry) throws {
    guard entry.verdict != .deny else { throw Refusal.denied(.outOfReach) }
    guard let subject = entry.subject else { return }
    if let referral = subject.referral {
      _ = try self.referral(referral)
    } else {
      _ = try registration(subject.registration)
    }
  }

  fileprivate func checkpoint(_ size: Int64, field: String) throws -> Checkpoint {
    guard let checkpoint = try reader.checkpoint(ofSize: size) else {
      throw Refusal.field(field, "must be the size of a checkpoint; GetCheckpoint has them")
    }
    return checkpoint
  }

  /// The hashes that lead from an entry to a checkpoint's root; nil when it came later.
  fileprivate func path(of place: Int64, in checkpoint: Checkpoint) throws -> [[UInt8]]? {
    let tiles = reader.tiles
    return try MerkleTree.inclusionPath(of: place, in: checkpoint.size)
      .map { try $0.map { try tiles.root(of: $0).bytes } }
  }
}

extension SafeMobility.Checkpoint {
  /// A checkpoint as the contract has it.
  init(_ checkpoint: Checkpoint) {
    self.init()
    origin = AuditTrail.origin
    treeSize = checkpoint.size
    rootSha256 = checkpoint.root.bytes
    checkpointTime = .init(checkpoint.time)
    signedNote = Array(checkpoint.note.utf8)
  }
}
