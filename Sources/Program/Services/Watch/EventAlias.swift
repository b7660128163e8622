import AuditProof
import Domain

extension Secrets {
  /// What an event is called to those who hear of it only by another record that it has changed: always the same, and
  /// nothing by which the event could be found elsewhere.
  func alias(of event: StatusEventID) -> StatusEventID {
    var bits = DigestBits(Hash.commitment(to: Hash.sha256(event.rawValue), key: aliasKey))
    return StatusEventID(using: &bits)
  }
}

/// The bits of a digest, of which an id needs half.
private struct DigestBits: RandomNumberGenerator {
  private var bytes: ArraySlice<UInt8>

  init(_ digest: Digest) { bytes = digest.bytes[...] }

  mutating func next() -> UInt64 {
    defer { bytes = bytes.dropFirst(8) }
    return bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
