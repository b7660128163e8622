import Crypto
public import Protobuf

/// Makes the bytes of a cassette, entry by entry; whoever has it writes them where they belong, in this order.
///
/// Each entry has the digest of the one before, so that a reader notices what was changed, and the last counts them,
/// so that it notices what is missing.
public struct CassetteWriter: ~Copyable {
  private let origin: GoogleProtobuf.Timestamp
  private var last: SHA256Digest?
  private var entryCount: UInt64 = 0
  private var callCount: UInt64 = 0
  private var byteCount: UInt64 = 0
  /// How many entries the calls have that have not ended.
  private var open: [UInt64: UInt64] = [:]

  /// A cassette that is empty.
  ///
  /// - Parameter origin: the time from which offsets count
  public init(from origin: GoogleProtobuf.Timestamp) {
    self.origin = origin
  }

  /// The first entry. Its version, origin and time are filled in.
  public mutating func begin(
    _ header: CassetteFormat.CassetteHeader
  ) throws(EncodingError) -> [UInt8] {
    var header = header
    header.formatVersion = 1
    header.clockOrigin = origin
    header.createTime = origin
    return try frame(.with { $0.timestamp = origin }, .with { $0.header = header })
  }

  /// A number for a call that begins.
  public mutating func beginCall() -> UInt64 {
    callCount += 1
    open[callCount] = 0
    return callCount
  }

  /// What happened in a call; nothing when the call has ended, for what comes then is not part of it.
  public mutating func append(
    _ event: CassetteEntry.Event, to call: UInt64, at offset: Duration,
    redactedPaths: [String] = []
  ) throws(EncodingError) -> [UInt8] {
    guard let number = open[call] else { return [] }
    let entry = CassetteEntry(
      call: call, number: number + 1, offset: offset, event: event, redactedPaths: redactedPaths)
    let (log, more) = entry.messages(from: origin)
    let bytes = try frame(log, .with { $0.event = more })
    open[call] = entry.isLast ? nil : entry.number
    return bytes
  }

  /// The last entry. Calls that have not ended stay without an end.
  ///
  /// - Parameter sign: signs the digest of the entry before
  public consuming func finish(
    sign: (([UInt8]) throws -> [UInt8])? = nil
  ) throws -> [UInt8] {
    let signature = try sign?(last.map { Array($0) } ?? []) ?? []
    let footer = CassetteFormat.CassetteFooter.with {
      $0.entries = entryCount
      $0.calls = callCount
      $0.bytes = byteCount
      $0.ed25519Signature = signature
    }
    return try frame(.init(), .with { $0.footer = footer })
  }

  private mutating func frame(
    _ log: GRPCBinaryLog.GrpcLogEntry, _ more: CassetteFormat.CassetteExtension
  ) throws(EncodingError) -> [UInt8] {
    let bytes = try CassetteFraming.entry(log, more, behind: last)
    last = SHA256.hash(data: bytes)
    entryCount += 1
    byteCount += UInt64(bytes.count)
    return bytes
  }
}

/// How entries stand in a file.
enum CassetteFraming {
  /// More than the largest message that is accepted anywhere here.
  static let entryByteCountMax = 32 << 20

  /// Both messages in one, behind their length.
  static func entry(
    _ log: GRPCBinaryLog.GrpcLogEntry, _ more: CassetteFormat.CassetteExtension,
    behind last: SHA256Digest?
  ) throws(EncodingError) -> [UInt8] {
    var more = more
    if let last {
      var event = more.event ?? .init()
      event.prevSha256 = Array(last)
      more.event = event
    }
    var bytes: [UInt8] = [0, 0, 0, 0]
    try log.serialize(into: &bytes)
    try more.serialize(into: &bytes)
    let count = UInt32(bytes.count - 4)
    for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: count >> (24 - 8 * index)) }
    return bytes
  }
}
