/// What a compressed message can have wrong.
public enum CompressionFault: Error, Hashable, CaseIterable {
  /// The bytes are not of the encoding, or their checksum is not that of what they hold.
  case corrupt
  /// The bytes end before the compressed data does.
  case truncated
  /// Something follows the end of the compressed data; a second gzip member is such a thing.
  case trailingBytes
  /// What the bytes hold is larger than the limit (Q19).
  case messageTooLarge
}
