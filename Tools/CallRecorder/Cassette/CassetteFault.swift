/// What is wrong with a cassette, and where.
public struct CassetteFault: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// The bytes end within the entry, or before the footer of a cassette that has a header.
    case cutOff
    /// The length before the entry is more than an entry may have.
    case tooLong(Int)
    /// The bytes are no entry: what the decoder says.
    case notAnEntry(String)
    /// The entry is not the one that the next one was written behind.
    case changed
    /// The entry belongs to no call that has begun, or to one that has ended, or its number is not the next one.
    case outOfOrder(String)
    /// The footer does not count what there is.
    case miscounted
    /// Something follows the footer.
    case afterEnd
    /// The format is of a version that this reader does not know.
    case unknownVersion(UInt32)
    /// The signature is not of this key and these bytes.
    case forged
  }

  /// What is wrong.
  public var kind: Kind
  /// The number of the entry, from 1 for the first of the file.
  public var entry: Int
  /// Where the entry begins, in bytes from the beginning of the file.
  public var offset: Int

  /// Every part as given.
  public init(_ kind: Kind, entry: Int, offset: Int) {
    self.kind = kind
    self.entry = entry
    self.offset = offset
  }
}

extension CassetteFault: CustomStringConvertible {
  /// One line that names the entry and says what to do where something can be done.
  public var description: String { "entry \(entry) at byte \(offset) \(complaint)" }

  private var complaint: String {
    switch kind {
    case .cutOff: "is cut off: the recording was not finished, or the file not copied whole"
    case .tooLong(let count): "says that it has \(count) bytes, which no entry has"
    case .notAnEntry(let reason): "cannot be read: \(reason)"
    case .changed: "was changed after it was written"
    case .outOfOrder(let reason): "is out of order: \(reason)"
    case .miscounted: "does not count what is before it: entries are missing or were added"
    case .afterEnd: "comes after the end"
    case .unknownVersion(let version): "has format version \(version); this reader knows version 1"
    case .forged: "is not signed by the key given"
    }
  }
}
