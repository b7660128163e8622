public import RPCCore

/// One thing that happened in a recorded call.
public struct CassetteEntry: Hashable, Sendable {
  /// Which call; never 0, and the same for all of its entries.
  public var call: UInt64
  /// The place within the call, from 1.
  public var number: UInt64
  /// When it happened, since the recording began. Of a log without that, since its first entry, by the clock of
  /// whoever wrote it.
  public var offset: Duration
  /// What happened.
  public var event: Event
  /// Paths of the fields of the message or names of the metadata whose values were replaced.
  public var redactedPaths: [String]

  /// Every part as given.
  public init(
    call: UInt64, number: UInt64, offset: Duration, event: Event, redactedPaths: [String] = []
  ) {
    self.call = call
    self.number = number
    self.offset = offset
    self.event = event
    self.redactedPaths = redactedPaths
  }

  /// What can happen in a call.
  public enum Event: Hashable, Sendable {
    /// The call begins.
    case clientHeader(ClientHeader)
    /// The server's headers came.
    case serverHeader(Metadata)
    /// A request.
    case clientMessage(RecordedMessage)
    /// A response.
    case serverMessage(RecordedMessage)
    /// There are no more requests.
    case clientHalfClose
    /// The server ends the call.
    case serverTrailer(Trailer)
    /// The client ends the call, or its stream was reset.
    case cancel(resetCode: UInt32?)
  }

  /// How a call begins.
  public struct ClientHeader: Hashable, Sendable {
    /// `/package.Service/Method`.
    public var path: String
    /// Whom the client meant to call; empty when unknown.
    public var authority: String
    /// How long the call may take; nil for no limit.
    public var timeout: Duration?
    /// What the client sent besides.
    public var metadata: Metadata

    /// Every part as given.
    public init(
      path: String, authority: String = "", timeout: Duration? = nil, metadata: Metadata = [:]
    ) {
      self.path = path
      self.authority = authority
      self.timeout = timeout
      self.metadata = metadata
    }
  }

  /// A message as it was before any compression.
  public struct RecordedMessage: Hashable, Sendable {
    /// Its bytes, or the first of them when the writer had a limit.
    public var bytes: [UInt8]
    /// How many there were.
    public var count: Int
    /// The encoding it was compressed with on the wire; nil when it was not.
    public var encoding: String?

    /// A message; whole unless `count` says otherwise.
    public init(_ bytes: [UInt8], count: Int? = nil, encoding: String? = nil) {
      self.bytes = bytes
      self.count = count ?? bytes.count
      self.encoding = encoding
    }

    /// Whether all of it is here.
    public var isWhole: Bool { bytes.count == count }
  }

  /// How the server ends a call.
  public struct Trailer: Hashable, Sendable {
    /// The status with its details.
    public var status: Status
    /// What the server sent besides.
    public var metadata: Metadata
    /// Whether this was the whole answer (Trailers-Only).
    public var isWholeAnswer: Bool
    /// The code of the RST_STREAM that came instead of trailers; the status is then what clients make of it.
    public var resetCode: UInt32?

    /// Every part as given.
    public init(
      _ status: Status, metadata: Metadata = [:], isWholeAnswer: Bool = false,
      resetCode: UInt32? = nil
    ) {
      self.status = status
      self.metadata = metadata
      self.isWholeAnswer = isWholeAnswer
      self.resetCode = resetCode
    }
  }

  /// Whether nothing follows in its call.
  public var isLast: Bool {
    switch event {
    case .serverTrailer, .cancel: true
    default: false
    }
  }
}
