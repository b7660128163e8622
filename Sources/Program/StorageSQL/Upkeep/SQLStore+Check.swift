import Domain
import Storage

extension SQLStore {
  /// Everything that is not as it must be: broken rules between rows, a log that does not verify, damaged bytes.
  ///
  /// Looks at one state of the store while others go on; reads all of it.
  public func check() async throws -> [String] {
    var found = try await integrityProblems()
    found += try await breaches(of: Law.all)
    found += try await missingHolds()
    return try await found + checkLog()
  }

  /// Which laws are broken, by how many rows.
  package func breaches(of laws: [Law]) async throws -> [String] {
    try await readRows { connection in
      try laws.compactMap { law in
        let count = try connection.first(law.countOfBreaches, []) {
          (row) throws(SQLFailure) in try row.integer()
        }
        return count == 0 ? nil : "\(law.name): \(count ?? 0) rows"
      }
    }
  }

  /// Leaves whose hash is not that of what they say, and checkpoints that are not of the entries there are.
  package func checkLog() async throws -> [String] {
    var found: [String] = []
    var position: Int64 = 0
    var tree = CheckedTree(environment.hash, try await roots())
    while true {
      let page = try await readRows { [position] connection in
        try self.transaction(on: connection).loggedEntries(from: position, limit: 1000)
      }
      for item in page.items {
        tree.append(item.leaf.leafHash)
        if !isTrue(item.leaf) {
          found.append("the leaf at \(item.leaf.position) of the log is not what its hash says")
        }
        if environment.hash(item.entry.canonicalBytes) != item.leaf.entryDigest {
          found.append(
            "the entry at \(item.leaf.position) of the log is not the one that was logged")
        }
      }
      guard page.hasMore, let last = page.items.last else {
        let end = (page.items.last?.leaf.position ?? position - 1) + 1
        let size = try await read { try $0.auditLogSize() }
        if end < size { found.append("the log ends at \(end), and had \(size) entries") }
        return found + tree.findings + tree.missing
      }
      position = last.leaf.position + 1
    }
  }

  /// The roots of the checkpoints, by size.
  private func roots() async throws -> [Int64: Digest] {
    try await readRows { connection in
      let rows = try connection.all(.checkpointRoots, []) { (row) throws(SQLFailure) in
        (size: try row.integer(), root: try row.digest())
      }
      return Dictionary(uniqueKeysWithValues: rows.map { ($0.size, $0.root) })
    }
  }

  private func isTrue(_ leaf: AuditLeaf) -> Bool {
    environment.auditLeaf(
      position: leaf.position, sequencedTime: leaf.sequencedTime, entry: leaf.entry,
      entryDigest: leaf.entryDigest) == leaf
  }
}

/// The tree over a log that is read from its start, and what its checkpoints say of it.
private struct CheckedTree {
  private let tree: MerkleTree
  private let roots: [Int64: Digest]
  private var frontier = MerkleFrontier()
  private(set) var findings: [String] = []

  init(_ hash: @escaping MerkleTree.Hash, _ roots: [Int64: Digest]) {
    tree = MerkleTree(hash: hash)
    self.roots = roots
    compare()
  }

  /// What was signed for more than there is.
  var missing: [String] {
    roots.keys.filter { $0 > frontier.size }.sorted().map {
      "the checkpoint of \($0) entries is of more than the \(frontier.size) that there are"
    }
  }

  mutating func append(_ leaf: Digest) {
    frontier.append(leaf, in: tree)
    compare()
  }

  private mutating func compare() {
    guard let root = roots[Int64(frontier.size)], root != tree.root(frontier) else { return }
    findings.append("the checkpoint of \(frontier.size) entries is not of those that there are")
  }
}

extension SQLStatement {
  fileprivate static let checkpointRoots = SQLStatement(
    "SELECT tree_size, root FROM audit_checkpoint")
}
