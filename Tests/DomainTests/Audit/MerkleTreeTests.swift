import Domain
import Testing

@Suite struct MerkleTreeTests {
  static let tree = MerkleTree(hash: { Sha256.digest($0) })

  /// The eight leaves of Certificate Transparency's reference tests, and the roots of the trees of
  /// the first 0 … 8 of them.
  static let leaves: [[UInt8]] = [
    [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57),
    Array(0x60...0x6F),
  ]
  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  static func hashes(_ count: Int) -> [Digest] {
    (0..<count).map { tree.leafHash($0 < 8 ? leaves[$0] : [UInt8($0)]) }
  }

  @Test("roots are those of Certificate Transparency's reference", arguments: 0...8)
  func roots(size: Int) {
    #expect(Self.tree.root(Self.hashes(size)).description == Self.roots[size])
  }

  @Test("a leaf is included at its place and nowhere else, in every tree up to 33")
  func inclusion() throws {
    for size in 1...33 {
      let hashes = Self.hashes(size)
      let root = Self.tree.root(hashes)
      for index in 0..<size {
        let proof = try #require(Self.tree.inclusionProof(index: index, leaves: hashes))
        func holds(at place: Int, _ proof: [Digest]) -> Bool {
          Self.tree.isIncluded(hashes[index], index: place, size: size, proof: proof, root: root)
        }
        #expect(holds(at: index, proof), "\(index) of \(size)")
        #expect(!holds(at: (index + 1) % size, proof) || size == 1)
        #expect(!holds(at: index, proof + [root]))
        if !proof.isEmpty { #expect(!holds(at: index, Array(proof.dropLast()))) }
      }
    }
    #expect(Self.tree.inclusionProof(index: 3, leaves: Self.hashes(3)) == nil)
  }

  @Test("every tree is shown to be a prefix of every later one, and of no forged one")
  func consistency() throws {
    for new in 1...20 {
      let hashes = Self.hashes(new)
      let newRoot = Self.tree.root(hashes)
      for old in 1...new {
        let oldRoot = Self.tree.root(hashes.prefix(old))
        let proof = try #require(Self.tree.consistencyProof(oldSize: old, leaves: hashes))
        func holds(_ oldRoot: Digest, _ newRoot: Digest) -> Bool {
          Self.tree.isConsistent(
            oldSize: old, oldRoot: oldRoot, newSize: new, newRoot: newRoot, proof: proof)
        }
        #expect(holds(oldRoot, newRoot), "\(old) of \(new)")
        #expect(!holds(Fixture.digest, newRoot))
        #expect(!holds(oldRoot, Fixture.digest))
      }
    }
    #expect(Self.tree.consistencyProof(oldSize: 0, leaves: Self.hashes(3)) == nil)
    #expect(Self.tree.consistencyProof(oldSize: 4, leaves: Self.hashes(3)) == nil)
  }

  @Test("a stored frontier goes on where it was left, and must fit its size")
  func frontier() throws {
    var frontier = MerkleFrontier()
    for (index, leaf) in Self.hashes(8).enumerated() {
      frontier.append(leaf, in: Self.tree)
      frontier = try #require(MerkleFrontier(size: index + 1, peaks: frontier.peaks))
      #expect(Self.tree.root(frontier).description == Self.roots[index + 1])
    }
    #expect(MerkleFrontier(size: 3, peaks: frontier.peaks) == nil)
  }
}
