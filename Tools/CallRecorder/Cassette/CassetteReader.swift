import Crypto
import Protobuf

/// Reads the bytes of a cassette, or of a binary log that another gRPC implementation has written, as they come.
///
/// What it has returned before it finds a fault is as it was written, but for the entry that the fault names.
public struct CassetteReader: ~Copyable {
  private var buffer: [UInt8] = []
  private var position = 0
  /// The place of the next entry.
  private var place = Place(entry: 1, offset: 0)
  private var last: (place: Place, digest: SHA256Digest)?
  private var suspicion: Suspicion?
  private var order = CallOrder()
  private var firstTime: GoogleProtobuf.Timestamp?

  /// What the first entry says of all calls; nil of a log that is no cassette, and before the first entry.
  public private(set) var header: CassetteFormat.CassetteHeader?
  /// The last entry; nil before.
  public private(set) var footer: CassetteFormat.CassetteFooter?
  /// The digest that a signature is over, when there is a footer.
  public private(set) var signedDigest: [UInt8]?

  /// A reader at the beginning.
  public init() {}

  private struct Place {
    var entry: Int
    var offset: Int

    func fault(_ kind: CassetteFault.Kind) -> CassetteFault {
      CassetteFault(kind, entry: entry, offset: offset)
    }
  }

  /// Two entries that do not fit: the one was changed or the other, and the third tells which.
  private struct Suspicion {
    var earlier: Place
    var later: Place
    var laterDigest: SHA256Digest
  }

  /// Takes in what comes next.
  public mutating func receive(_ bytes: some Sequence<UInt8>) {
    if position > 1 << 16, position > buffer.count / 2 {
      buffer.removeFirst(position)
      position = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next entry of a call; nil when more bytes are needed, or none come any more.
  public mutating func next() throws(CassetteFault) -> CassetteEntry? {
    while let bytes = try nextFrame() {
      let here = place
      place = Place(entry: here.entry + 1, offset: here.offset + bytes.count)
      if let entry = try read(bytes, at: here) { return entry }
    }
    return nil
  }

  /// There are no more bytes: says whether they were all.
  public mutating func finish() throws(CassetteFault) {
    if let suspicion { throw suspicion.earlier.fault(.changed) }
    if position < buffer.count || (header != nil && footer == nil) { throw place.fault(.cutOff) }
  }

  private mutating func nextFrame() throws(CassetteFault) -> [UInt8]? {
    guard buffer.count - position >= 4 else { return nil }
    let count = buffer[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    guard count <= CassetteFraming.entryByteCountMax else { throw place.fault(.tooLong(count)) }
    let end = position + 4 + count
    guard end <= buffer.count else { return nil }
    defer { position = end }
    return Array(buffer[position..<end])
  }

  private mutating func read(
    _ bytes: [UInt8], at here: Place
  ) throws(CassetteFault) -> CassetteEntry? {
    if footer != nil { throw here.fault(.afterEnd) }
    let (log, more) = try decode(bytes, at: here)
    try checkChain(more, bytes, at: here)
    if let header = more.header, here.entry == 1 {
      guard header.formatVersion == 1 else {
        throw here.fault(.unknownVersion(header.formatVersion))
      }
      self.header = header
      firstTime = header.clockOrigin
      return nil
    }
    if let footer = more.footer, header != nil {
      try close(footer, bytes, behind: more.event?.prevSha256 ?? [], at: here)
      return nil
    }
    return suspicion == nil ? try entry(log, more, at: here) : nil
  }

  private func decode(
    _ bytes: [UInt8], at here: Place
  ) throws(CassetteFault) -> (GRPCBinaryLog.GrpcLogEntry, CassetteFormat.CassetteExtension) {
    let content = Array(bytes[4...])
    let limits = DecodingLimits.standard
    do throws(DecodingError) {
      return (
        try GRPCBinaryLog.GrpcLogEntry(serializedBytes: content, limits: limits),
        try CassetteFormat.CassetteExtension(serializedBytes: content, limits: limits)
      )
    } catch {
      throw here.fault(.notAnEntry("\(error)"))
    }
  }

  /// Whether the entry was written behind the one that stands before it.
  private mutating func checkChain(
    _ more: CassetteFormat.CassetteExtension, _ bytes: [UInt8], at here: Place
  ) throws(CassetteFault) {
    let digest = SHA256.hash(data: bytes)
    defer { last = (here, digest) }
    guard header != nil, let last else { return }
    let named = more.event?.prevSha256 ?? []
    if let suspicion {
      let isLaterWhole = named.elementsEqual(suspicion.laterDigest)
      throw (isLaterWhole ? suspicion.earlier : suspicion.later).fault(.changed)
    }
    if !named.elementsEqual(last.digest) {
      suspicion = Suspicion(earlier: last.place, later: here, laterDigest: digest)
    }
  }

  /// The footer is made of nothing but what is before it and its signature, so it is made again and compared.
  private mutating func close(
    _ footer: CassetteFormat.CassetteFooter, _ bytes: [UInt8], behind digest: [UInt8],
    at here: Place
  ) throws(CassetteFault) {
    if let suspicion { throw suspicion.earlier.fault(.changed) }
    var expected = CassetteFormat.CassetteExtension()
    expected.event = .with { $0.prevSha256 = digest }
    expected.footer = .with {
      $0.entries = UInt64(here.entry - 1)
      $0.calls = UInt64(order.callCount)
      $0.bytes = UInt64(here.offset)
      $0.ed25519Signature = footer.ed25519Signature
    }
    guard expected.footer == footer else { throw here.fault(.miscounted) }
    guard let again = try? CassetteFraming.entry(.init(), expected, behind: nil), again == bytes
    else { throw here.fault(.changed) }
    self.footer = footer
    signedDigest = digest
  }

  private mutating func entry(
    _ log: GRPCBinaryLog.GrpcLogEntry, _ more: CassetteFormat.CassetteExtension, at here: Place
  ) throws(CassetteFault) -> CassetteEntry? {
    if firstTime == nil { firstTime = log.timestamp }
    let offset =
      firstTime.flatMap { first in log.timestamp.map { $0.offset(from: first) } } ?? .zero
    do throws(MalformedEntry) {
      let entry = try CassetteEntry(log, more.event, offset: offset)
      try order.take(entry, isStrict: header != nil)
      return entry
    } catch {
      throw here.fault(header == nil ? .notAnEntry(error.reason) : .outOfOrder(error.reason))
    }
  }
}
