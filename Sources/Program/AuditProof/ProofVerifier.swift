import Domain
import Protobuf
package import SafeMobilityAPI

/// Checks what proves a single entry, or that a log only adds to an earlier one, without asking anybody.
package struct ProofVerifier {
  /// Something that a proof does not prove.
  package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable
    case checkpoint(LogVerifier.Fault)
    case changedEntry
    case otherName
    case notIncluded(size: Int64)
    case notConsistent(first: Int64, second: Int64)
    case notYetSigned

    package var description: String {
      switch self {
      case .unreadable: "a hash, a place or a time is missing, or is none"
      case .checkpoint(let fault): fault.description
      case .changedEntry: "the entry was changed: its fields do not have the digest beside them"
      case .otherName: "the entry is of another log than the checkpoint"
      case .notIncluded(let size):
        "the hashes do not lead from the entry to the root that was signed for \(size) entries"
      case .notConsistent(let first, let second):
        "the log of \(second) entries that was signed does not begin with the \(first) that were signed before"
      case .notYetSigned:
        "no checkpoint covers the entry yet; ask for the receipt again in a minute"
      }
    }
  }

  private let key: NoteKey

  /// - Parameter key: of whoever signs the log's checkpoints
  package init(key: NoteKey) { self.key = key }

  /// - Returns: the size of the log that the leaf is in
  package func check(_ proof: SafeMobility.GetInclusionProofResponse) throws(Fault) -> Int64 {
    guard let leaf = Domain.Digest(proof.leafSha256) else { throw .unreadable }
    return try check(leaf, at: proof.position, proof.hashes, proof.checkpoint)
  }

  /// - Returns: the size of the log that the entry is in, as it is shown
  package func check(_ receipt: SafeMobility.GetReceiptResponse) throws(Fault) -> Int64 {
    guard let message = receipt.entry, let place = message.position,
      let entry = LogVerifier.Entry(message)
    else { throw .unreadable }
    guard entry.isAsWritten else { throw .changedEntry }
    guard key.name.hasSuffix("/auditLogs/\(entry.log)") else { throw .otherName }
    guard receipt.checkpoint != nil else { throw .notYetSigned }
    return try check(entry.leaf, at: place, receipt.hashes, receipt.checkpoint)
  }

  /// - Returns: the sizes of the two logs, of which the second begins with the first
  package func check(
    _ proof: SafeMobility.GetConsistencyProofResponse
  ) throws(Fault) -> (first: Int64, second: Int64) {
    let (first, second) = (try signed(proof.first), try signed(proof.second))
    let hashes = try digests(proof.hashes)
    // The empty log is the beginning of every other.
    let isConsistent =
      first.size == 0
      ? hashes.isEmpty && first.root == Hash.tree.root([Domain.Digest]())
      : Hash.tree.isConsistent(
        oldSize: Int(first.size), oldRoot: first.root, newSize: Int(second.size),
        newRoot: second.root, proof: hashes)
    guard isConsistent else { throw .notConsistent(first: first.size, second: second.size) }
    return (first.size, second.size)
  }

  private func check(
    _ leaf: Domain.Digest, at place: Int64, _ hashes: [[UInt8]],
    _ checkpoint: SafeMobility.Checkpoint?
  ) throws(Fault) -> Int64 {
    let signed = try signed(checkpoint)
    guard (0..<signed.size).contains(place),
      Hash.tree.isIncluded(
        leaf, index: Int(place), size: Int(signed.size), proof: try digests(hashes),
        root: signed.root)
    else { throw .notIncluded(size: signed.size) }
    return signed.size
  }

  private func signed(_ checkpoint: SafeMobility.Checkpoint?) throws(Fault) -> CheckpointText {
    do {
      return try LogVerifier.signed(checkpoint ?? .init(), by: key)
    } catch { throw .checkpoint(error) }
  }

  private func digests(_ hashes: [[UInt8]]) throws(Fault) -> [Domain.Digest] {
    let digests = hashes.compactMap { Domain.Digest($0) }
    guard digests.count == hashes.count else { throw .unreadable }
    return digests
  }
}
