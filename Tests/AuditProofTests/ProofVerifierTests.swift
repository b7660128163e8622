import AuditProof
import Domain
import Protobuf
import SafeMobilityAPI
import Testing

/// A proof shows what it is said to show, and nothing that is like it.
@Suite struct ProofVerifierTests {
  private typealias Fault = ProofVerifier.Fault

  private let log: LogVerifierTests.Log
  private let verifier: ProofVerifier
  private let leaves: [Domain.Digest]

  init() throws {
    log = try LogVerifierTests.Log(count: 21, checkpoints: [0, 5, 8, 21])
    verifier = ProofVerifier(key: log.signer.key)
    leaves = try log.entries.map { entry in
      let bytes = MerkleTree.leafBytes(
        position: entry.position ?? -1,
        sequencedTime: Instant(microseconds: entry.sequencedTime?.microsecondsSinceEpoch ?? 0),
        entryDigest: try #require(Digest(entry.entrySha256)))
      return Hash.tree.leafHash(bytes)
    }
  }

  private func receipt(_ place: Int) throws -> SafeMobility.GetReceiptResponse {
    let hashes = try #require(Hash.tree.inclusionProof(index: place, leaves: leaves))
    return .with {
      $0.entry = log.entries[place]
      $0.hashes = hashes.map(\.bytes)
      $0.checkpoint = log.checkpoints[3]
    }
  }

  private func fault(_ receipt: SafeMobility.GetReceiptResponse) -> Fault? {
    do throws(Fault) {
      _ = try verifier.check(receipt)
      return nil
    } catch { return error }
  }

  @Test(arguments: 0..<21) func `an entry is in the log that was signed`(_ place: Int) throws {
    let receipt = try receipt(place)
    #expect(try verifier.check(receipt) == 21)
    let proof = SafeMobility.GetInclusionProofResponse.with {
      $0.position = Int64(place)
      $0.leafSha256 = leaves[place].bytes
      $0.hashes = receipt.hashes
      $0.checkpoint = receipt.checkpoint
    }
    #expect(try verifier.check(proof) == 21)
    var other = proof
    other.position = Int64((place + 1) % 21)
    #expect(throws: Fault.notIncluded(size: 21)) { try verifier.check(other) }
  }

  @Test func `whatever is changed of a receipt is found`() throws {
    let good = try receipt(7)
    #expect(fault(good) == nil)
    var changed = good
    changed.entry?.decision = .deny
    #expect(fault(changed) == .changedEntry)
    changed = good
    changed.hashes[1][3] ^= 1
    #expect(fault(changed) == .notIncluded(size: 21))
    changed = good
    changed.hashes.removeLast()
    #expect(fault(changed) == .notIncluded(size: 21))
    changed = good
    changed.hashes[0] = [1, 2]
    #expect(fault(changed) == .unreadable)
    changed = good
    changed.checkpoint = log.checkpoints[2]
    #expect(fault(changed) == .notIncluded(size: 8))
    changed = good
    changed.checkpoint?.treeSize = 22
    #expect(fault(changed) == .checkpoint(.unreadableCheckpoint))
    changed = good
    changed.checkpoint = nil
    #expect(fault(changed) == .notYetSigned)
    changed = good
    changed.entry?.position = nil
    #expect(fault(changed) == .unreadable)
    // Another's entry, that is right in itself.
    changed = good
    changed.entry = log.entries[8]
    #expect(fault(changed) == .notIncluded(size: 21))
  }

  @Test(arguments: [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3), (3, 3)])
  func `a log only adds to an earlier one`(_ first: Int, _ second: Int) throws {
    let sizes = [0, 5, 8, 21]
    let hashes =
      Hash.tree.consistencyProof(
        oldSize: sizes[first], leaves: Array(leaves.prefix(sizes[second]))) ?? []
    var proof = SafeMobility.GetConsistencyProofResponse.with {
      $0.first = log.checkpoints[first]
      $0.second = log.checkpoints[second]
      $0.hashes = hashes.map(\.bytes)
    }
    let found = try verifier.check(proof)
    #expect(found.first == sizes[first] && found.second == sizes[second])
    proof.hashes.append(leaves[0].bytes)
    #expect(throws: Fault.self) { try verifier.check(proof) }
    // Another log that begins otherwise, signed by the same hand.
    let other = try LogVerifierTests.Log(count: 21, checkpoints: [5, 21])
    guard first > 0, first < second else { return }
    proof.hashes.removeLast()
    proof.second = other.checkpoints[1]
    #expect(throws: Fault.self) { try verifier.check(proof) }
  }
}
