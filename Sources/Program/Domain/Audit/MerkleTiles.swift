/// The roots of parts of a large tree, from what is stored of it: its leaves, and of every full part of 256 hashes of
/// one level their root, which is a hash of the next.
///
/// So any root or proof of a log of a million entries takes a few hundred hashes.
public struct MerkleTiles {
  /// How many hashes of one level make one of the next.
  public static let width: Int64 = 256
  private static let widthBits = 8

  private let tree: MerkleTree
  private let hashes: (_ level: Int, _ places: Range<Int64>) throws -> [Digest]

  /// - Parameter hashes: the stored hashes of a level, by place; level 0 are the leaves
  public init(
    _ tree: MerkleTree,
    hashes: @escaping (_ level: Int, _ places: Range<Int64>) throws -> [Digest]
  ) {
    self.tree = tree
    self.hashes = hashes
  }

  /// The root of the leaves of a part of the tree that a path of ``MerkleTree`` names, or of its beginning.
  ///
  /// - Throws: ``MerkleGap`` when something of it is not stored
  public func root(of part: Range<Int64>) throws -> Digest {
    let count = Int64(part.count)
    if count.nonzeroBitCount <= 1 || count <= Self.width / 2 { return try fullRoot(of: part) }
    let middle = part.lowerBound + MerkleTree.split(count)
    return tree.nodeHash(
      try root(of: part.lowerBound..<middle), try root(of: middle..<part.upperBound))
  }

  /// The root of the tile at a place of a level, 1 or more, from the hashes of the level below.
  public func tile(_ place: Int64, of level: Int) throws -> Digest {
    let start = place * Self.width
    return tree.root(try found(level - 1, start..<(start + Self.width)))
  }

  /// The root of leaves that are few, or as many as a power of two.
  private func fullRoot(of part: Range<Int64>) throws -> Digest {
    let level = part.isEmpty ? 0 : part.count.trailingZeroBitCount / Self.widthBits
    let shift = Int64(level * Self.widthBits)
    return tree.root(try found(level, (part.lowerBound >> shift)..<(part.upperBound >> shift)))
  }

  private func found(_ level: Int, _ places: Range<Int64>) throws -> [Digest] {
    let found = try hashes(level, places)
    guard found.count == places.count else { throw MerkleGap(level: level, places: places) }
    return found
  }
}

/// Hashes of a tree that should be stored and are not.
public struct MerkleGap: Error, Hashable, Sendable {
  /// Of which level; 0 for leaves.
  public let level: Int
  /// Which of them.
  public let places: Range<Int64>
}
