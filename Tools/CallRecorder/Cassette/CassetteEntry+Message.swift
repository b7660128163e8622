import Protobuf
import RPCCore

/// Why a decoded entry is not one of a recording.
struct MalformedEntry: Error {
  var reason: String
}

extension CassetteEntry {
  /// The entry as its two messages have it.
  ///
  /// - Parameter offset: of an entry that has none of its own
  init(
    _ log: GRPCBinaryLog.GrpcLogEntry, _ event: CassetteFormat.CassetteEvent?, offset: Duration
  ) throws(MalformedEntry) {
    guard log.callId != 0 else { throw MalformedEntry(reason: "it is of no call") }
    self.init(
      call: log.callId, number: log.sequenceIdWithinCall,
      offset: event.map { .nanoseconds(Int64(clamping: $0.offsetNs)) } ?? offset,
      event: try Self.event(log, event ?? .init()), redactedPaths: event?.redactedPaths ?? [])
  }

  private static func event(
    _ log: GRPCBinaryLog.GrpcLogEntry, _ more: CassetteFormat.CassetteEvent
  ) throws(MalformedEntry) -> Event {
    switch (log.type, log.payload) {
    case (.clientHeader, .clientHeader(let header)): .clientHeader(try ClientHeader(header))
    case (.serverHeader, .serverHeader(let header)):
      .serverHeader(try Metadata(header.metadata))
    case (.clientMessage, .message(let message)): .clientMessage(RecordedMessage(message, more))
    case (.serverMessage, .message(let message)): .serverMessage(RecordedMessage(message, more))
    // A message without fields is written as no message at all by some.
    case (.clientMessage, nil): .clientMessage(RecordedMessage([]))
    case (.serverMessage, nil): .serverMessage(RecordedMessage([]))
    case (.serverHeader, nil): .serverHeader([:])
    case (.clientHalfClose, _): .clientHalfClose
    case (.serverTrailer, .trailer(let trailer)): .serverTrailer(try Trailer(trailer, more))
    case (.serverTrailer, nil): .serverTrailer(Trailer(.ok))
    case (.cancel, _): .cancel(resetCode: more.rstCode)
    default: throw MalformedEntry(reason: "its type and its payload do not fit")
    }
  }

  /// The entry as its two messages have it, but for the digest of the one before.
  ///
  /// - Parameter origin: the time from which its offset counts
  func messages(
    from origin: GoogleProtobuf.Timestamp
  ) -> (GRPCBinaryLog.GrpcLogEntry, CassetteFormat.CassetteEvent) {
    var log = GRPCBinaryLog.GrpcLogEntry()
    var more = CassetteFormat.CassetteEvent()
    log.callId = call
    log.sequenceIdWithinCall = number
    log.logger = .client
    log.timestamp = origin.advanced(by: offset)
    more.offsetNs = UInt64(clamping: offset.nanosecondCount)
    more.redactedPaths = redactedPaths
    switch event {
    case .clientHeader(let header):
      log.type = .clientHeader
      log.payload = .clientHeader(header.message)
    case .serverHeader(let metadata):
      log.type = .serverHeader
      log.payload = .serverHeader(.with { $0.metadata = .init(metadata) })
    case .clientMessage(let message):
      log.type = .clientMessage
      message.write(to: &log, &more)
    case .serverMessage(let message):
      log.type = .serverMessage
      message.write(to: &log, &more)
    case .clientHalfClose:
      log.type = .clientHalfClose
    case .serverTrailer(let trailer):
      log.type = .serverTrailer
      log.payload = .trailer(trailer.message)
      more.trailersOnly = trailer.isWholeAnswer
      more.rstCode = trailer.resetCode
    case .cancel(let resetCode):
      log.type = .cancel
      more.rstCode = resetCode
    }
    return (log, more)
  }
}

extension CassetteEntry.ClientHeader {
  fileprivate init(_ message: GRPCBinaryLog.ClientHeader) throws(MalformedEntry) {
    self.init(
      path: message.methodName, authority: message.authority,
      timeout: message.timeout?.swiftDuration, metadata: try Metadata(message.metadata))
  }

  fileprivate var message: GRPCBinaryLog.ClientHeader {
    .with {
      $0.methodName = path
      $0.authority = authority
      $0.timeout = timeout.map { GoogleProtobuf.Duration($0) }
      $0.metadata = .init(metadata)
    }
  }
}

extension CassetteEntry.RecordedMessage {
  fileprivate init(
    _ message: GRPCBinaryLog.Message, _ more: CassetteFormat.CassetteEvent
  ) {
    self.init(
      message.data, count: max(Int(message.length), message.data.count),
      encoding: more.compressed ? more.encoding : nil)
  }

  fileprivate func write(
    to log: inout GRPCBinaryLog.GrpcLogEntry, _ more: inout CassetteFormat.CassetteEvent
  ) {
    log.payload = .message(
      .with {
        $0.data = bytes
        $0.length = UInt32(clamping: count)
      })
    log.payloadTruncated = !isWhole
    more.compressed = encoding != nil
    more.encoding = encoding ?? ""
  }
}

extension CassetteEntry.Trailer {
  fileprivate init(
    _ message: GRPCBinaryLog.Trailer, _ more: CassetteFormat.CassetteEvent
  ) throws(MalformedEntry) {
    let code = StatusCode(rawValue: Int(message.statusCode))
    let details = message.statusDetails.isEmpty ? nil : message.statusDetails
    self.init(
      Status(code, message.statusMessage, details: details),
      metadata: try Metadata(message.metadata), isWholeAnswer: more.trailersOnly,
      resetCode: more.rstCode)
  }

  fileprivate var message: GRPCBinaryLog.Trailer {
    .with {
      $0.statusCode = UInt32(clamping: status.code.wireValue)
      $0.statusMessage = status.message
      $0.statusDetails = status.details ?? []
      $0.metadata = .init(metadata)
    }
  }
}

extension Metadata {
  /// What other writers log of the protocol's own fields is left out: they are made anew by whoever replays.
  fileprivate init(_ message: GRPCBinaryLog.Metadata?) throws(MalformedEntry) {
    self.init()
    for entry in message?.entry ?? [] {
      let value: Value =
        entry.key.lowercased().hasSuffix("-bin")
        ? .binary(entry.value) : .string(String(decoding: entry.value, as: UTF8.self))
      do {
        try append(entry.key, value)
      } catch .reservedName {
        continue
      } catch {
        throw MalformedEntry(reason: "it has metadata that is none: \(error)")
      }
    }
  }
}

extension GRPCBinaryLog.Metadata {
  fileprivate init(_ metadata: Metadata) {
    self.init()
    entry = metadata.map { field in
      .with {
        $0.key = field.name
        switch field.value {
        case .string(let text): $0.value = Array(text.utf8)
        case .binary(let bytes): $0.value = bytes
        }
      }
    }
  }
}

extension Duration {
  /// In nanoseconds, rounded down; as near as fits.
  var nanosecondCount: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflows ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000
  }
}

extension GoogleProtobuf.Timestamp {
  /// The time so much later.
  func advanced(by span: Duration) -> GoogleProtobuf.Timestamp {
    let sum = Int64(nanos) + span.nanosecondCount
    return .with {
      $0.seconds = seconds + sum / 1_000_000_000
      $0.nanos = Int32(sum % 1_000_000_000)
    }
  }

  /// How much later it is than `other`, at least zero.
  func offset(from other: GoogleProtobuf.Timestamp) -> Duration {
    max(
      .zero,
      .seconds(seconds - other.seconds) + .nanoseconds(Int64(nanos) - Int64(other.nanos)))
  }
}
