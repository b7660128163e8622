import HTTP2
import RPCCore
import RawHTTP2
import Testing

/// The service that describes all others, under those who look for more: T20. What it answers is held to in
/// RPCServicesTests; here are its bounds on a real server.
@Suite("attacks: reflection", .serialized, .timeLimit(.minutes(10)))
struct ReflectionTests {
  /// ServerReflectionRequest with one field that is text.
  private static func request(_ number: UInt8, _ text: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    var rest = text.count
    repeat {
      length.append(UInt8(rest & 0x7F | (rest > 127 ? 0x80 : 0)))
      rest >>= 7
    } while rest > 0
    return AttackFrames.message([number << 3 | 2] + length + text)
  }

  /// A ServerReflectionResponse's error_response{error_code: 5, …}: NOT_FOUND, the message behind it.
  private static let notFound: [UInt8] = [0x08, 5, 0x12]

  struct Ask: Sendable, CustomTestStringConvertible, CustomStringConvertible {
    var testDescription: String
    var description: String { testDescription }
    var bytes: [UInt8]
    var count: Int
    /// How many of them are answered, and how the stream ends when its client ends it.
    var answerCount: Int
    var status: StatusCode
  }

  static let asks = [
    Ask(
      testDescription: "files outside", bytes: request(3, Array("../../etc/passwd".utf8)),
      count: 100, answerCount: 100, status: .ok),
    Ask(
      testDescription: "symbols of a megabyte",
      bytes: request(4, [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)),
      count: 10, answerCount: 10, status: .ok),
    Ask(
      testDescription: "10,000 requests on a stream", bytes: request(4, Array("a".utf8)),
      count: 10_000, answerCount: 1_000, status: .resourceExhausted),
  ]

  @Test(
    "T20: reflection finds nothing that is not there, and neither size nor number wears it out",
    arguments: asks, ["v1", "v1alpha"])
  func reflection(_ ask: Ask, version: String) async throws {
    // Measured: 10 ms for a thousand answers, 3 to 4 MiB for names of a megabyte.
    let attack = try await Attack.onProgram("T20 \(ask), \(version)") { port in
      let client = try SessionClient(port: port)
      client.keepsAnswers = true
      let path = "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo"
      let stream = try client.begin(path)
      for _ in 0..<ask.count {
        client.session.send(stream, body: ask.bytes)
        if client.session.outboundByteCount > 1 << 20 {
          client.pump(within: 10) { client.session.outboundByteCount < 1 << 18 }
        }
      }
      client.session.finish(stream)
      client.pump(within: 20) { client.calls[stream.id]?.isOver == true }
      let call = client.calls[stream.id]
      let messages = Self.messages(in: call?.answer ?? [])
      return (
        answered: messages.count, notFound: messages.count { $0.contains(Self.notFound) },
        status: call?.status
      )
    }
    #expect(attack.value.answered == ask.answerCount)
    #expect(attack.value.notFound == ask.answerCount)
    #expect(attack.value.status == "\(ask.status.rawValue)")
  }

  /// The messages of an answer without their prefixes.
  private static func messages(in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var rest = bytes[...]
    var messages: [ArraySlice<UInt8>] = []
    while rest.count >= 5 {
      let count = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
      messages.append(rest.dropFirst(5).prefix(count))
      rest = rest.dropFirst(5 + count)
    }
    return messages
  }
}
