import RawHTTP2
import Testing

/// One thing that HTTP/2 asks of a server, and how to see it on a raw connection.
///
/// The cases are those of h2spec 2.6, by its numbers, as far as what they send and what the standard
/// lets a server answer; `generic` and `http2` count the sections of RFC 7540, which RFC 9113 has kept
/// in substance, `hpack` those of RFC 7541.
struct HTTP2Case: Sendable, CustomTestStringConvertible {
  enum Step: Sendable {
    case send([UInt8])
    /// The server has acknowledged SETTINGS.
    case awaitAcknowledgement
    case awaitData
    /// The first stream has ended.
    case awaitEnd
  }

  enum Outcome: Sendable {
    /// The server's first frame is its SETTINGS.
    case settingsFirst
    /// The first stream has an answer and an end, and the connection lives.
    case answered
    /// The next DATA has this length.
    case data(length: Int)
    /// SETTINGS are acknowledged, and the connection lives.
    case acknowledged
    /// Nothing happens, and the connection lives.
    case nothing
    /// The connection lives or is closed without an error.
    case nothingOrClose
    /// GOAWAY with one of the codes, and the connection is closed.
    case connectionError([Code])
    /// RST_STREAM with one of the codes, and the connection lives; or a connection error, which is always
    /// allowed instead (RFC 9113 § 5.4.2).
    case streamError([Code])
    /// The same, or nothing, and the connection lives: RFC 9113 lets a server discard what RFC 7540
    /// would have refused, and libnghttp2 does so without telling us.
    case streamErrorOrDiscarded([Code])
  }

  /// RFC 9113 § 7.
  enum Code: UInt32 {
    case none = 0
    case `protocol` = 1
    case flowControl = 3
    case streamClosed = 5
    case frameSize = 6
    case refused = 7
    case cancel = 8
    case compression = 9
  }

  var id: String
  var title: String
  var outcome: Outcome
  var steps: [Step]
  /// Preface and SETTINGS come first, so that what is tried is the rest.
  var beginsProperly = true

  var testDescription: String { "\(id) \(title)" }

  init(_ id: String, _ title: String, _ outcome: Outcome, steps: [Step]) {
    self.id = id
    self.title = title
    self.outcome = outcome
    self.steps = steps
  }

  /// A case whose frames arrive together: then the server has read all of them before it answers any.
  init(_ id: String, _ title: String, _ outcome: Outcome, _ frames: [UInt8]...) {
    self.init(id, title, outcome, steps: [.send(frames.flatMap { $0 })])
  }
}

extension HTTP2Case {
  static let all: [HTTP2Case] =
    [
      generic, genericHPACK, beginnings, frameFormats, streamStates, frameKinds, settings, windows,
      continuations, messages, hpack,
    ].flatMap { $0 }

  // MARK: What they are made of

  typealias Field = (String, String)

  static let fields: [Field] = [
    (":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost"),
  ]

  /// A request that is whole.
  static let get = RawFrames.headers(1, fields, endsStream: true)

  /// The head of a request whose body follows.
  static let post = RawFrames.headers(1, postFields)
  static let postFields: [Field] = [(":method", "POST")] + fields.dropFirst()

  /// A header block with more than it needs.
  static func getting(_ more: Field...) -> [UInt8] {
    RawFrames.headers(1, fields + more, endsStream: true)
  }

  static let body = RawFrames.data(1, text, endsStream: true)
  static let text = Array("test".utf8)
  static let block = RawFrames.block(fields)
  /// A field of 4000 bytes, for blocks that go on.
  static let longField = RawFrames.block([("x-long", String(repeating: "x", count: 4000))])

  static func window(_ size: UInt32) -> [UInt8] { RawFrames.settings([(4, size)]) }
}
