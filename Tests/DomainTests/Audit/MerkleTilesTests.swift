import Domain
import Testing

@Suite struct MerkleTilesTests {
  private static let tree = MerkleTree(hash: { Sha256.digest($0) })
  private static let leaves = (0..<1_200).map { tree.leafHash([UInt8($0 >> 8), UInt8($0 & 255)]) }

  /// What is stored of a log of these leaves.
  private static let levels: [[Digest]] = {
    var levels = [leaves]
    let tiles = MerkleTiles(tree) { level, places in
      Array(leaves[Int(places.lowerBound)..<Int(places.upperBound)])
    }
    levels.append((0..<Int64(leaves.count) / 256).compactMap { try? tiles.tile($0, of: 1) })
    return levels
  }()

  private static func makeTiles() -> MerkleTiles {
    MerkleTiles(tree) { level, places in
      let hashes = levels[level]
      return Array(hashes[Int(places.lowerBound)..<min(Int(places.upperBound), hashes.count)])
    }
  }

  @Test(arguments: [0, 1, 2, 127, 128, 129, 255, 256, 257, 300, 511, 512, 513, 1_023, 1_024, 1_200])
  func `roots are those of the whole tree`(_ size: Int) throws {
    #expect(try Self.makeTiles().root(of: 0..<Int64(size)) == Self.tree.root(Self.leaves[..<size]))
  }

  @Test func `paths lead through the same parts as proofs over all leaves`() throws {
    for (index, size) in [(0, 1_200), (255, 256), (256, 257), (700, 1_024), (1_199, 1_200)] {
      let path = try #require(MerkleTree.inclusionPath(of: Int64(index), in: Int64(size)))
      let proof = try path.map { try Self.makeTiles().root(of: $0) }
      #expect(
        Self.tree.isIncluded(
          Self.leaves[index], index: index, size: size, proof: proof,
          root: Self.tree.root(Self.leaves[..<size])))
    }
    for (old, new) in [(1, 1_200), (256, 1_024), (511, 513), (1_000, 1_200), (1_200, 1_200)] {
      let path = try #require(MerkleTree.consistencyPath(from: Int64(old), to: Int64(new)))
      let proof = try path.map { try Self.makeTiles().root(of: $0) }
      #expect(
        Self.tree.isConsistent(
          oldSize: old, oldRoot: Self.tree.root(Self.leaves[..<old]), newSize: new,
          newRoot: Self.tree.root(Self.leaves[..<new]), proof: proof))
    }
  }

  @Test func `few hashes are read, however large the log is`() throws {
    let size: Int64 = 10_000_000
    var count = 0
    let tiles = MerkleTiles(Self.tree) { _, places in
      count += places.count
      return Array(repeating: Self.leaves[0], count: places.count)
    }
    for part in try #require(MerkleTree.inclusionPath(of: 1_234_567, in: size)) {
      _ = try tiles.root(of: part)
    }
    #expect(count < 1_500)
  }

  @Test func `what is not stored is missed`() throws {
    let tiles = MerkleTiles(Self.tree) { level, places in
      level == 0 ? Array(Self.leaves.prefix(places.count)) : []
    }
    let gap = #expect(throws: MerkleGap.self) { try tiles.root(of: 0..<256) }
    #expect(gap?.level == 1)
    #expect(gap?.places == 0..<1)
  }
}
