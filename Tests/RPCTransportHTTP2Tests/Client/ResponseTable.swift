import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// What a unary call ends with, by what the server sent, as a table. The rows of connectrpc's conformance project for
/// clients are among them.
@Suite("the client and what servers answer", .timeLimit(.minutes(2)))
struct ResponseTable {
  struct Row: Sendable, CustomTestStringConvertible {
    var rule: String
    var what: String
    var code: StatusCode?
    /// What the error's text says.
    var says = ""
    /// The code by which the client resets the stream, if it must.
    var reset: UInt32?
    var frames: @Sendable (Int32) -> [UInt8]

    var testDescription: String { "\(rule): \(what)" }
  }

  private static let head = Answers.head
  private static let image = [(":status", "200"), ("content-type", "image/jpeg")]
  private static let big = String(repeating: "a", count: 17 * 1024)
  private static let huge = String(repeating: "a", count: 40 * 1024)

  static let rows: [Row] = [
    Row(rule: "R1", what: "head, message, trailers", code: nil) { Answers.ok($0) },
    Row(rule: "Q17", what: "each byte in a frame of its own", code: nil) { id in
      Answers.head(id) + Wire.message([7]).flatMap { RawFrames.data(id, [$0]) }
        + Answers.trailers(id)
    },
    Row(rule: "Q23", what: "a message without bytes", code: nil) { Answers.ok($0, []) },
    Row(rule: "R1", what: "an error at once", code: .notFound, says: "no such") {
      Answers.only($0, "5", [("grpc-message", "no such")])
    },
    Row(rule: "R3", what: "a text with escapes", code: .unknown, says: "\t☺%") {
      Answers.only($0, "2", [("grpc-message", "%09%E2%98%BA%25")])
    },
    Row(rule: "R4", what: "a text with broken escapes", code: .unknown, says: "%zz%4") {
      Answers.only($0, "2", [("grpc-message", "%zz%4")])
    },
    Row(rule: "R6", what: "a status that nobody knows", code: StatusCode(rawValue: 17)) {
      Answers.only($0, "17")
    },
    Row(rule: "R6", what: "a status that is no number", code: .unknown, says: "not a number") {
      Answers.only($0, "x")
    },
    Row(rule: "R12, D5", what: "no trailers", code: .internal, says: "without trailers") { id in
      Answers.head(id) + RawFrames.data(id, Wire.message([7]), endsStream: true)
    },
    Row(rule: "R12, D5", what: "no trailers, behind an empty DATA", code: .internal) { id in
      Answers.head(id) + Answers.message(id, [7]) + RawFrames.data(id, [], endsStream: true)
    },
    Row(rule: "D5, R7", what: "trailers without grpc-status", code: .unknown) { id in
      Answers.head(id) + Answers.message(id, [7])
        + RawFrames.headers(id, [("x-a", "b")], endsStream: true)
    },
    Row(rule: "Q18", what: "a message that is cut", code: .internal) { id in
      Answers.head(id) + RawFrames.data(id, [0, 0, 0, 0, 9, 1]) + Answers.trailers(id)
    },
    Row(rule: "Q18", what: "a prefix that is cut", code: .internal) { id in
      Answers.head(id) + RawFrames.data(id, [0, 0, 0]) + Answers.trailers(id)
    },
    Row(rule: "Q18", what: "a flag that is neither 0 nor 1", code: .internal, reset: 8) { id in
      Answers.head(id) + Answers.message(id, [7], flag: 2)
    },
    Row(rule: "D1, R16", what: "no message", code: .unimplemented) { id in
      Answers.head(id) + Answers.trailers(id)
    },
    Row(rule: "D1, R16", what: "two messages", code: .unimplemented, reset: 8) { id in
      Answers.head(id) + Answers.message(id, [1]) + Answers.message(id, [2])
    },
    Row(rule: "R16", what: "a message and a failure", code: .aborted) { id in
      Answers.head(id) + Answers.message(id, [7]) + Answers.trailers(id, "10")
    },
    Row(rule: "R9", what: "an image", code: .unknown, says: "image/jpeg: not a message") { id in
      RawFrames.headers(id, image)
        + RawFrames.data(id, Array("not a message".utf8), endsStream: true)
    },
    Row(rule: "R9", what: "an image without end", code: .unknown, says: "zzz", reset: 8) { id in
      RawFrames.headers(id, image)
        + RawFrames.data(id, [UInt8](repeating: UInt8(ascii: "z"), count: 16_000))
    },
    Row(rule: "D6", what: "JSON", code: .internal, says: "+json", reset: 8) { id in
      RawFrames.headers(id, [(":status", "200"), ("content-type", "application/grpc+json")])
        + Answers.message(id, [7])
    },
    Row(rule: "R7", what: "503 with a grpc-status", code: .notFound) { id in
      RawFrames.headers(id, [(":status", "503"), ("grpc-status", "5")], endsStream: true)
    },
    Row(rule: "R8", what: "100 and 103 before the head", code: nil) { id in
      RawFrames.headers(id, [(":status", "100")])
        + RawFrames.headers(id, [(":status", "103"), ("link", "</x>")]) + Answers.ok(id)
    },
    Row(rule: "R8", what: "103 as all there is", code: .internal) { id in
      RawFrames.headers(id, [(":status", "103")], endsStream: true)
    },
    Row(rule: "R10", what: "a second head", code: .internal, reset: 1) { id in
      Answers.head(id) + Answers.message(id, [7]) + Answers.head(id)
    },
    Row(rule: "R11", what: "8 in the head, 9 in the trailers", code: .failedPrecondition) { id in
      Answers.head(id, [("grpc-status", "8")]) + Answers.message(id, [7])
        + Answers.trailers(id, "9")
    },
    Row(rule: "R11, R12", what: "9 in the head, a body, no trailers", code: .internal) { id in
      Answers.head(id, [("grpc-status", "9")])
        + RawFrames.data(id, Wire.message([7]), endsStream: true)
    },
    Row(rule: "Q20", what: "an unknown grpc-encoding", code: .internal, says: "grpc-encoding") {
      Answers.head($0, [("grpc-encoding", "foo")]) + Answers.message($0, [7])
    },
    Row(rule: "Q21", what: "compressed under identity", code: .internal, reset: 8) { id in
      Answers.head(id, [("grpc-encoding", "identity")]) + Answers.message(id, [7], flag: 1)
    },
    Row(rule: "Q21", what: "compressed under nothing", code: .internal, reset: 8) { id in
      Answers.head(id) + Answers.message(id, [7], flag: 1)
    },
    Row(rule: "Q21", what: "plain under gzip", code: nil) { id in
      Answers.head(id, [("grpc-encoding", "gzip")]) + Answers.message(id, [7])
        + Answers.trailers(id)
    },
    Row(rule: "Q16, D4", what: "a head over the limit", code: .resourceExhausted, reset: 8) {
      long($0, head + [("x-long", big)]) + Answers.message($0, [7])
    },
    Row(rule: "Q16, D4", what: "trailers over the limit", code: .resourceExhausted) {
      Answers.head($0) + Answers.message($0, [7])
        + long($0, [("grpc-status", "0"), ("x-long", big)], endsStream: true)
    },
    Row(rule: "Q16, D4", what: "a head far over the limit", code: .internal, reset: 2) {
      long($0, head + [("x-long", huge)])
    },
    Row(rule: "Q18", what: "a message over the limit", code: .resourceExhausted, reset: 8) { id in
      Answers.head(id) + RawFrames.data(id, [0, 0, 0x40, 0, 1, 7])
    },
    Row(
      rule: "Q18", what: "a length of four gigabytes", code: .resourceExhausted, reset: 8
    ) { id in
      Answers.head(id) + RawFrames.data(id, [0, 0xFF, 0xFF, 0xFF, 0xFF, 7])
    },
  ]

  /// A header list that is more than one frame holds.
  private static func long(_ id: Int32, _ fields: [(String, String)], endsStream: Bool = false)
    -> [UInt8]
  {
    var block = RawFrames.block(fields)[...]
    var bytes = RawFrames.unfinishedHeaders(id, Array(block.prefix(16_000)), endsStream: endsStream)
    block = block.dropFirst(16_000)
    while !block.isEmpty {
      let part = Array(block.prefix(16_000))
      block = block.dropFirst(16_000)
      bytes += RawFrames.continuation(id, part, isLast: block.isEmpty)
    }
    return bytes
  }

  @Test("each answer has its end", arguments: rows)
  func row(_ row: Row) async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      try connection.send(row.frames(id))
      if let reset = row.reset { #expect(try connection.reset(of: id) == reset) }
      // The connection is as good as before, and so is its table of header fields (CVE-2023-32731).
      let next = try connection.request()
      #expect(next.fields[":path"] == "/wire.v1.Kinds/Echo")
      try connection.send(Answers.ok(next.id))
      try connection.untilGone()
      #expect(connection.requests.count == 2)
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == row.code)
      #expect(row.says.isEmpty || error?.message.contains(row.says) == true, "\(error as Any)")
      #expect(await channel.failure() == nil)
    }
  }

  @Test(
    "R7, D2: HTTP's status is the call's where there is no other",
    arguments: [
      (400, StatusCode.internal), (401, .unauthenticated), (403, .permissionDenied),
      (404, .unimplemented), (409, .unknown), (412, .unknown), (413, .unknown), (415, .unknown),
      (418, .unknown), (429, .unavailable), (431, .internal), (502, .unavailable),
      (503, .unavailable), (504, .unavailable), (505, .unknown), (800, .unknown), (200, .unknown),
    ])
  func httpStatus(_ status: Int, _ code: StatusCode) async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      for isBodied in [true, false] {
        let id = try connection.request().id
        let head = [(":status", "\(status)"), ("content-type", "text/html")]
        try connection.send(RawFrames.headers(id, head, endsStream: !isBodied))
        if isBodied {
          try connection.send(RawFrames.data(id, Array("sorry".utf8), endsStream: true))
        }
      }
      try connection.untilGone()
    } _: { channel in
      let withBody = await channel.failure()
      #expect(withBody?.code == code)
      #expect(withBody?.message.contains("HTTP \(status), text/html: sorry") == true)
      let without = await channel.failure()
      #expect(without?.code == code)
    }
  }

  private static let resets: [(UInt32, StatusCode)] = [
    (0, .internal), (1, .internal), (2, .internal), (3, .internal), (4, .internal),
    (5, .unknown), (6, .internal), (8, .cancelled), (9, .internal), (10, .internal),
    (11, .resourceExhausted), (12, .permissionDenied), (13, .unknown), (99, .unknown),
  ]

  @Test(
    "R13, D3: each reset code has its status",
    arguments: resets)
  func resetCode(_ reset: UInt32, _ code: StatusCode) async throws {
    try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      try connection.send(RawFrames.reset(id, reset))
      try connection.untilGone()
      // Not tried again: the server may have done what was asked.
      #expect(connection.requests.count == 1)
    } _: { channel in
      let error = await channel.failure()
      #expect(error?.code == code)
    }
  }
}
