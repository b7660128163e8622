import Domain
import Protobuf
package import SafeMobilityAPI

/// Checks a log that somebody gave us against the checkpoints that were signed, without asking anybody.
///
/// Give it the checkpoints, then the entries in their order, then ask for the end. It keeps the roots of the complete
/// parts of the tree and nothing else, so a log of any length is checked in constant memory.
package struct LogVerifier {
  /// Something that is not as it was signed.
  package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
    case unsigned(size: Int64)
    case unreadableCheckpoint
    case otherLog(String)
    case unreadableEntry(place: Int64)
    case changedEntry(place: Int64, uid: String)
    case outOfPlace(place: Int64, found: Int64?)
    case timeRunsBack(place: Int64)
    case otherRoot(since: Int64, size: Int64)
    case entriesMissing(count: Int64, size: Int64)

    package var description: String {
      switch self {
      case .unsigned(let size): "the checkpoint of \(size) entries is not signed by this key"
      case .unreadableCheckpoint:
        "a checkpoint is no tlog-checkpoint, or says something else than its note"
      case .otherLog(let origin): "a checkpoint is of another log: \(origin)"
      case .unreadableEntry(let place): "entry \(place) is no entry of this schema"
      case .changedEntry(let place, let uid):
        "entry \(place) (\(uid)) was changed: its fields do not have the digest beside them"
      case .outOfPlace(let place, let found):
        "where entry \(place) should be there is \(found.map { "entry \($0)" } ?? "one without a place"): "
          + "one is missing, or two have changed places"
      case .timeRunsBack(let place): "entry \(place) has an earlier time than the one before it"
      case .otherRoot(let since, let size):
        "entries \(since) to \(size - 1) are not those that the checkpoint of \(size) was signed for"
      case .entriesMissing(let count, let size):
        "there are \(count) entries, and a checkpoint of \(size) was signed: the end is missing"
      }
    }
  }

  private let key: NoteKey
  private var checkpoints: [CheckpointText] = []
  private var frontier = MerkleFrontier()
  private var lastTime: Int64 = .min
  /// What is wrong so far, at most ``faultCountMax`` things.
  package private(set) var faults: [Fault] = []
  /// Up to where the entries are those that were signed for.
  package private(set) var provenCount: Int64 = 0
  private static let faultCountMax = 100

  /// - Parameter key: of whoever signs the log's checkpoints; its name is the log's origin
  package init(key: NoteKey) { self.key = key }

  /// How many entries were given so far.
  package var count: Int64 { Int64(frontier.size) }
  /// The sizes of the checkpoints that count.
  package var checkpointSizes: [Int64] { checkpoints.map(\.size) }

  /// Takes a checkpoint; before all entries.
  package mutating func add(_ checkpoint: SafeMobility.Checkpoint) {
    let text: CheckpointText
    do {
      text = try Self.signed(checkpoint, by: key)
    } catch { return fault(error) }
    let place = checkpoints.firstIndex { $0.size > text.size } ?? checkpoints.endIndex
    checkpoints.insert(text, at: place)
    if text.size == 0 { compare() }
  }

  /// What a checkpoint says, once it is sure that it is this key's.
  static func signed(
    _ checkpoint: SafeMobility.Checkpoint, by key: NoteKey
  ) throws(Fault) -> CheckpointText {
    guard let note = SignedNote(String(decoding: checkpoint.signedNote, as: UTF8.self)),
      let text = CheckpointText(note.text), text.origin == checkpoint.origin,
      text.size == checkpoint.treeSize, text.root.bytes == checkpoint.rootSha256
    else { throw .unreadableCheckpoint }
    guard text.origin == key.name else { throw .otherLog(text.origin) }
    guard note.isSigned(by: key) else { throw .unsigned(size: text.size) }
    return text
  }

  /// Takes the next entry.
  package mutating func add(_ message: SafeMobility.AuditEntry) {
    let place = count
    guard let entry = Entry(message) else {
      fault(.unreadableEntry(place: place))
      return append(Hash.sha256([]))
    }
    if !entry.isAsWritten { fault(.changedEntry(place: place, uid: message.uid)) }
    if message.position != place { fault(.outOfPlace(place: place, found: message.position)) }
    if entry.time <= lastTime { fault(.timeRunsBack(place: place)) }
    lastTime = entry.time
    append(entry.leaf)
  }

  /// Says that there are no more entries.
  package mutating func end() {
    guard let largest = checkpoints.last, largest.size > count else { return }
    fault(.entriesMissing(count: count, size: largest.size))
  }

  private mutating func append(_ leaf: Domain.Digest) {
    frontier.append(leaf, in: Hash.tree)
    compare()
  }

  private mutating func compare() {
    for checkpoint in checkpoints where checkpoint.size == count {
      if Hash.tree.root(frontier) == checkpoint.root {
        if faults.isEmpty { provenCount = count }
      } else {
        fault(.otherRoot(since: provenCount, size: count))
      }
    }
  }

  private mutating func fault(_ fault: Fault) {
    if faults.count < Self.faultCountMax { faults.append(fault) }
  }
}

extension LogVerifier {
  /// One entry as a message shows it.
  struct Entry {
    /// The id of its log.
    let log: String
    /// When it came into the log, in microseconds.
    let time: Int64
    /// Whether its fields have the digest beside them.
    let isAsWritten: Bool
    /// The hash of its leaf.
    let leaf: Domain.Digest

    /// Nil for what is no entry of this schema.
    init?(_ message: SafeMobility.AuditEntry) {
      guard let entry = Domain.AuditEntry(message),
        let time = message.sequencedTime?.microsecondsSinceEpoch,
        let shown = Digest(message.entrySha256)
      else { return nil }
      let digest = Self.digest(of: entry, shown: shown)
      // Also what the digest does not see, such as another name of the same state, must be as we would write it.
      let leafShown = AuditLeaf(
        position: message.position ?? -1, sequencedTime: Instant(microseconds: time),
        entry: entry.id, entryDigest: shown, leafHash: shown)
      let isOurs =
        message.position == nil || SafeMobility.AuditEntry(entry, at: leafShown) == message
      log = entry.log
      self.time = time
      isAsWritten = digest == shown && isOurs
      leaf = Hash.tree.leafHash(
        MerkleTree.leafBytes(
          position: message.position ?? -1, sequencedTime: Instant(microseconds: time),
          entryDigest: digest))
    }

    /// The digest of an entry as it was written. A message shows no released fields and an empty list of them alike,
    /// and the first releases of reports were written with the latter; what was signed, the root says all the same.
    private static func digest(
      of entry: Domain.AuditEntry, shown: Domain.Digest
    ) -> Domain.Digest {
      let digest = Hash.sha256(entry.canonicalBytes)
      guard digest != shown, entry.releasedFields == nil else { return digest }
      var other = entry
      other.releasedFields = []
      return Hash.sha256(other.canonicalBytes) == shown ? shown : digest
    }
  }
}
