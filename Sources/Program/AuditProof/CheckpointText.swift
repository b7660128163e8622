package import Domain
import FoundationEssentials
import Protobuf
package import SafeMobilityAPI

/// What a checkpoint's note says (C2SP tlog-checkpoint): the log's origin, how many entries it has, and the root over
/// them, each in a line.
package struct CheckpointText: Hashable, Sendable {
  /// The name of the log, unique in the world.
  package let origin: String
  package let size: Int64
  package let root: Domain.Digest

  package init(origin: String, size: Int64, root: Domain.Digest) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// The lines.
  package var text: String {
    "\(origin)\n\(size)\n\(Data(root.bytes).base64EncodedString())\n"
  }

  /// Reads them; nil for text that is no checkpoint's. Lines behind the third are left to whoever knows them.
  package init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, !lines[0].isEmpty, let size = Int64(lines[1]), size >= 0,
      String(size) == lines[1], let bytes = Data(base64Encoded: String(lines[2])),
      let root = Domain.Digest(Array(bytes))
    else { return nil }
    self.init(origin: String(lines[0]), size: size, root: root)
  }
}

extension SafeMobility.Checkpoint {
  /// The checkpoint of a note that somebody has kept; nil for text that is none.
  package init?(note text: String) {
    guard let note = SignedNote(text), let checkpoint = CheckpointText(note.text) else {
      return nil
    }
    self.init()
    origin = checkpoint.origin
    treeSize = checkpoint.size
    rootSha256 = checkpoint.root.bytes
    signedNote = Array(text.utf8)
  }
}
