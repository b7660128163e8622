public import RPCCore

/// One call of a cassette, whole.
public struct RecordedCall: Hashable, Sendable {
  /// Its number in the cassette.
  public var id: UInt64
  /// How it began.
  public var header: CassetteEntry.ClientHeader
  /// Everything behind its beginning, in the order in which it happened.
  public var entries: [CassetteEntry]

  /// A call that begins with `entry`; nil when nothing begins with it.
  public init?(_ entry: CassetteEntry) {
    guard case .clientHeader(let header) = entry.event else { return nil }
    id = entry.call
    self.header = header
    entries = [entry]
  }

  /// The requests, in their order.
  public var requests: [CassetteEntry.RecordedMessage] {
    entries.compactMap { if case .clientMessage(let message) = $0.event { message } else { nil } }
  }

  /// The responses, in their order.
  public var responses: [CassetteEntry.RecordedMessage] {
    entries.compactMap { if case .serverMessage(let message) = $0.event { message } else { nil } }
  }

  /// How it ended; nil when the recording ended before it.
  public var end: CassetteEntry? {
    entries.last.flatMap { $0.isLast ? $0 : nil }
  }

  /// The status the server gave; nil of calls that the client cancelled, or that have no end.
  public var status: Status? {
    guard case .serverTrailer(let trailer)? = end?.event else { return nil }
    return trailer.status
  }
}

/// A cassette in memory.
public struct Cassette: Sendable {
  /// What holds for all calls; nil of a log that is no cassette.
  public var header: CassetteFormat.CassetteHeader?
  /// Everything that happened, in the order in which it did.
  public var entries: [CassetteEntry]
  /// The calls, in the order in which they began.
  public var calls: [RecordedCall]

  /// Reads a whole cassette, or a binary log that another gRPC implementation has written.
  ///
  /// - Throws: ``CassetteFault``, which names the entry
  public init(_ bytes: [UInt8]) throws(CassetteFault) {
    var reader = CassetteReader()
    var collected = CallCollection()
    var entries: [CassetteEntry] = []
    reader.receive(bytes)
    while let entry = try reader.next() {
      collected.take(entry)
      entries.append(entry)
    }
    try reader.finish()
    header = reader.header
    self.entries = entries
    calls = collected.calls
  }
}

/// Sorts entries by their calls.
struct CallCollection {
  private(set) var calls: [RecordedCall] = []
  private var indexes: [UInt64: Int] = [:]

  /// An entry of a call whose beginning is not there is passed over.
  mutating func take(_ entry: CassetteEntry) {
    if let index = indexes[entry.call] {
      calls[index].entries.append(entry)
      if entry.isLast { indexes[entry.call] = nil }
    } else if let call = RecordedCall(entry) {
      indexes[entry.call] = calls.count
      calls.append(call)
    }
  }
}
