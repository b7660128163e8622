import Domain
import Foundation
import GRDB
import Storage
import StorageSQL

/// The audit log as it was seen from outside through the lives of its server: it grows and nothing else. Each look takes
/// in what is new, computes the tree over it, and compares that with what was signed.
public struct LogGrowth {
  private let environment: StoreEnvironment
  private let tree: MerkleTree
  private var frontier = MerkleFrontier()
  private var lastTime: Instant?
  /// Every checkpoint that was ever seen, by size, as it was signed.
  public private(set) var notes: [Int64: String] = [:]

  init(_ environment: StoreEnvironment) {
    self.environment = environment
    tree = MerkleTree(hash: environment.hash)
  }

  /// How many entries have been seen.
  public var size: Int { frontier.size }

  /// Takes in what is new since the last look.
  ///
  /// - Returns: what is wrong with it; empty when all is well
  public mutating func look(into copy: StoreInspection) async throws -> [String] {
    var findings: [String] = []
    let roots = try newRoots(copy, &findings)
    compare(roots, &findings)
    let store = SQLStore.inspecting(sqlite: copy.path, environment: environment)
    while true {
      let from = Int64(size)
      let page = try await store.read { try $0.auditEntries(from: from, limit: 1_000) }
      for item in page.items {
        check(item, &findings)
        frontier.append(item.leaf.leafHash, in: tree)
        compare(roots, &findings)
      }
      if !page.hasMore { break }
    }
    for size in roots.keys where size > frontier.size {
      findings.append("a checkpoint of \(size) entries, and there are \(frontier.size)")
    }
    try await store.close()
    return findings
  }

  /// Whether the tree over the whole log, as it is now, is the one that grew under our eyes.
  public func isStill(in copy: StoreInspection) async throws -> Bool {
    var whole = LogGrowth(environment)
    let findings = try await whole.look(into: copy)
    return findings.isEmpty && whole.frontier == frontier && whole.notes == notes
  }

  /// The roots signed since the last look; older ones must be there as they were.
  private mutating func newRoots(
    _ copy: StoreInspection, _ findings: inout [String]
  ) throws -> [Int: Digest] {
    let found = try copy.checkpoints()
    for (size, note) in notes where found[size]?.note != note {
      findings.append("the checkpoint of \(size) entries is not what it was")
    }
    var roots: [Int: Digest] = [:]
    for (size, checkpoint) in found where notes[size] == nil {
      if size < frontier.size { findings.append("a checkpoint of \(size) that comes late") }
      notes[size] = checkpoint.note
      roots[Int(size)] = checkpoint.root
    }
    return roots
  }

  private mutating func check(_ item: SequencedEntry, _ findings: inout [String]) {
    let leaf = environment.auditLeaf(
      position: Int64(size), sequencedTime: item.leaf.sequencedTime, entry: item.entry.id,
      entryDigest: environment.hash(item.entry.canonicalBytes))
    if leaf != item.leaf { findings.append("entry \(size) is not what its leaf says") }
    if let lastTime, item.leaf.sequencedTime <= lastTime {
      findings.append("entry \(size) is earlier than the one before")
    }
    lastTime = item.leaf.sequencedTime
  }

  private func compare(_ roots: [Int: Digest], _ findings: inout [String]) {
    guard let root = roots[size], root != tree.root(frontier) else { return }
    findings.append("the checkpoint of \(size) entries is of others")
  }
}

extension StoreInspection {
  /// The checkpoints by size.
  func checkpoints() throws -> [Int64: (root: Digest?, note: String)] {
    var found: [Int64: (root: Digest?, note: String)] = [:]
    for row in try rows("SELECT tree_size, root, note FROM audit_checkpoint") {
      let root: Data = row[1]
      found[row[0]] = (Digest(Array(root)), row[2])
    }
    return found
  }
}
