/// The audit log's tree of hashes, as RFC 6962 § 2.1 and RFC 9162 § 2.1 shape it.
///
/// A leaf hash is H(0x00 ‖ leaf), a node's H(0x01 ‖ left ‖ right), the empty tree's H(""). A tree
/// of n leaves is split at the largest power of two below n. The hash function is handed in; with
/// SHA-256 the trees are those of Certificate Transparency.
public struct MerkleTree: Sendable {
  /// The hash function.
  public typealias Hash = @Sendable ([UInt8]) -> Digest

  private let hash: Hash

  /// A tree under a hash function.
  public init(hash: @escaping Hash) {
    self.hash = hash
  }

  /// The bytes of a leaf: position, time and entry digest in canonical form.
  public static func leafBytes(
    position: Int64, sequencedTime: Instant, entryDigest: Digest
  ) -> [UInt8] {
    var form = CanonicalBytes()
    form.append(position)
    form.append(sequencedTime.microseconds)
    form.append(entryDigest)
    return form.bytes
  }

  /// The hash of a leaf's bytes.
  public func leafHash(_ bytes: [UInt8]) -> Digest { hash([0x00] + bytes) }

  /// The hash of two subtrees.
  public func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
    hash([0x01] + left.bytes + right.bytes)
  }

  /// The root over leaf hashes.
  public func root(_ leaves: some Collection<Digest>) -> Digest {
    var frontier = MerkleFrontier()
    for leaf in leaves { frontier.append(leaf, in: self) }
    return root(frontier)
  }

  /// The root over a frontier.
  public func root(_ frontier: MerkleFrontier) -> Digest {
    // Right to left: the smaller, later subtrees are joined first.
    guard var root = frontier.peaks.last else { return hash([]) }
    for peak in frontier.peaks.dropLast().reversed() { root = nodeHash(peak, root) }
    return root
  }

  /// Whether `proof` shows that a leaf is at `index` of the tree of `size` leaves with that root
  /// (RFC 9162 § 2.1.3.2).
  public func isIncluded(
    _ leaf: Digest, index: Int, size: Int, proof: [Digest], root: Digest
  ) -> Bool {
    guard index >= 0, index < size else { return false }
    var node = index
    var last = size - 1
    var result = leaf
    for sibling in proof {
      if last == 0 { return false }
      if node & 1 == 1 || node == last {
        result = nodeHash(sibling, result)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        result = nodeHash(result, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && result == root
  }

  /// Whether `proof` shows that the tree of `newSize` leaves only adds to that of `oldSize`
  /// (RFC 9162 § 2.1.4.2).
  public func isConsistent(
    oldSize: Int, oldRoot: Digest, newSize: Int, newRoot: Digest, proof: [Digest]
  ) -> Bool {
    guard oldSize >= 1, oldSize <= newSize else { return false }
    if oldSize == newSize { return proof.isEmpty && oldRoot == newRoot }
    // A power of two is a whole subtree: its root is the first hash of the proof, left out.
    var path = oldSize & (oldSize - 1) == 0 ? [oldRoot] + proof : proof
    guard !path.isEmpty else { return false }
    var node = oldSize - 1
    var last = newSize - 1
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    let first = path.removeFirst()
    var (old, new) = (first, first)
    for hash in path {
      if last == 0 { return false }
      if node & 1 == 1 || node == last {
        old = nodeHash(hash, old)
        new = nodeHash(hash, new)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        new = nodeHash(new, hash)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && old == oldRoot && new == newRoot
  }
}

/// What must be kept of a growing tree to append to it and to know its root: the roots of its
/// complete subtrees, largest first, one per set bit of the size.
public struct MerkleFrontier: Hashable, Sendable, Codable {
  /// How many leaves it covers.
  public private(set) var size: Int
  /// The roots of the complete subtrees, largest first.
  public private(set) var peaks: [Digest]

  /// The empty tree's.
  public init() {
    size = 0
    peaks = []
  }

  /// A stored frontier; `nil` when the numbers of peaks and of leaves do not fit.
  public init?(size: Int, peaks: [Digest]) {
    guard size >= 0, size.nonzeroBitCount == peaks.count else { return nil }
    self.size = size
    self.peaks = peaks
  }

  /// Appends one leaf's hash.
  public mutating func append(_ leaf: Digest, in tree: MerkleTree) {
    var node = leaf
    // Every trailing set bit of the size is a complete subtree that the new leaf completes further.
    var rest = size
    while rest & 1 == 1 {
      node = tree.nodeHash(peaks.removeLast(), node)
      rest >>= 1
    }
    peaks.append(node)
    size += 1
  }
}
