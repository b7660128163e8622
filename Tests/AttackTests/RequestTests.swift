import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

/// Requests that say one thing to one reader and another to the next: T12, T17, T18, T19, T21.
@Suite("attacks: requests", .serialized, .timeLimit(.minutes(10)))
struct RequestTests {
  private static let echo = ServedWorld.Method.echo.path

  @Test("T12: 300 streams before the server's SETTINGS are acknowledged, and after")
  func tooManyStreams() async throws {
    let world = ServedWorld()
    let sleep = ServedWorld.Method.sleep.path
    let cost = AttackCost(handlerCount: 200)
    let outcome = try await world.attacked("T12", cost: cost) { port, _ in
      try [false, true].map { acknowledges in
        let socket = try AttackSocket(port: port)
        socket.send(RawFrames.preface + RawFrames.settings)
        socket.read(within: 5) { socket.heard[4] > 0 }
        if acknowledges { socket.send(RawFrames.settingsAcknowledgement) }
        let frames = AttackFrames.ids(300).flatMap { AttackFrames.call($0, sleep) }
        socket.send(frames)
        socket.read(within: 1)
        return (
          refused: socket.heard.resets[7] ?? 0, goAway: socket.heard.goAways.last?.code,
          isClosed: socket.isClosed
        )
      }
    }
    let before = outcome.value[0]
    #expect(before.refused == 200)
    #expect(!before.isClosed)
    let after = outcome.value[1]
    #expect(after.isClosed)
    #expect(after.goAway == 1)
  }

  struct Confusion: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var fields: [(String, String)]
  }

  private static func confusion(_ name: String, _ changes: [(String, String)]) -> Confusion {
    Confusion(testDescription: name, fields: AttackFrames.fields(echo, changes))
  }

  static let confusions = [
    confusion("no slash", [(":path", "attack.v1.World/Echo")]),
    confusion("two slashes", [(":path", "//attack.v1.World/Echo")]),
    confusion("a slash behind", [(":path", "/attack.v1.World/Echo/")]),
    confusion("an escaped slash", [(":path", "/attack.v1.World%2fEcho")]),
    confusion("an escaped letter", [(":path", "/attack.v1.World/%45cho")]),
    confusion("a dot", [(":path", "/./attack.v1.World/Echo")]),
    confusion("two dots", [(":path", "/other/../attack.v1.World/Echo")]),
    confusion("a query", [(":path", "/attack.v1.World/Echo?x=y")]),
    confusion("a fragment", [(":path", "/attack.v1.World/Echo#x")]),
    confusion("another case", [(":path", "/Attack.v1.World/echo")]),
    confusion("a space", [(":path", "/attack.v1.World/Echo ")]),
    confusion("a whole URL", [(":path", "http://localhost/attack.v1.World/Echo")]),
    confusion("a backslash", [(":path", "\\attack.v1.World\\Echo")]),
    confusion("a path of its own scheme", [(":scheme", "x"), (":path", "attack.v1.World/Echo")]),
    confusion("another scheme", [(":scheme", "x")]),
    confusion("an empty path", [(":path", "/")]),
  ]

  @Test(
    "T17: a path that is not the method's to the byte reaches no handler", arguments: confusions)
  func path(_ confusion: Confusion) async throws {
    try await expectNoHandler(confusion.fields, named: confusion.testDescription)
  }

  static let saidTwice = [
    Confusion(
      testDescription: "two paths",
      fields: AttackFrames.fields(echo)
        .flatMap { $0.0 == ":path" ? [(":path", "/other/Method"), $0] : [$0] }),
    Confusion(
      testDescription: "two authorities",
      fields: AttackFrames.fields(echo).flatMap {
        $0.0 == ":authority" ? [$0, (":authority", "b")] : [$0]
      }
    ),
    Confusion(
      testDescription: "two hosts",
      fields: AttackFrames.fields(echo) + [("host", "a"), ("host", "b")]),
    Confusion(
      testDescription: "a path behind the metadata",
      fields: AttackFrames.fields(echo, [(":path", "")]) + [(":path", echo)]),
    Confusion(
      testDescription: "an authority of two lines",
      fields: AttackFrames.fields(echo, [(":authority", "a\r\nb")])),
    Confusion(
      testDescription: "an authority with a user",
      fields: AttackFrames.fields(echo, [(":authority", "a b")])),
  ]

  @Test("T17: what is said twice, or in the wrong place, reaches no handler", arguments: saidTwice)
  func doubled(_ confusion: Confusion) async throws {
    try await expectNoHandler(confusion.fields, named: confusion.testDescription)
  }

  private func expectNoHandler(_ fields: [(String, String)], named name: String) async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked(name) { port, _ in
      let client = try RawClient(port: port)
      let answer = try client.call(fields, body: AttackFrames.message([1]))
      let started = world.handlers.started
      // The connection is as good as before, or was closed.
      if !client.isClosed {
        let next = try client.call(AttackFrames.fields(Self.echo), body: AttackFrames.message([2]))
        guard next.status == "0" || client.isClosed else {
          throw AttackFailure("the next call ended with \(next)")
        }
      }
      return answer.status == "0" || started > 0
    }
    #expect(!outcome.value, "\(name)")
  }

  static let controls: [(name: String, value: String)] = [
    ("CR LF", "a\r\nx-role: admin"), ("LF", "a\nb"), ("CR", "a\rb"), ("NUL", "a\0b"),
  ]

  @Test("T18: control characters in values reach no handler as metadata", arguments: controls)
  func controlCharacters(_ control: (name: String, value: String)) async throws {
    let world = ServedWorld()
    let seen = SeenMetadata()
    _ = try await world.attacked("T18 \(control.name)", adding: [seen.service]) { port, _ in
      let client = try RawClient(port: port)
      let fields = AttackFrames.fields(SeenMetadata.method.path) + [("x-note", control.value)]
      let answer = try client.call(fields, body: AttackFrames.message([]))
      // The field is left out or the call is refused; either way the next is served.
      let next = try client.call(
        AttackFrames.fields(SeenMetadata.method.path) + [("x-note", "clean")],
        body: AttackFrames.message([]))
      guard next.status == "0" else { throw AttackFailure("\(next)") }
      return answer.status
    }
    #expect(seen.values.last == "clean")
    #expect(seen.values.allSatisfy { !$0.contains { "\r\n\0".contains($0) } })
  }

  @Test("T18: metadata with control characters cannot be made", arguments: controls)
  func controlCharactersOfOurs(_ control: (name: String, value: String)) {
    var metadata = Metadata()
    #expect(throws: (any Error).self) { try metadata.append("x-note", control.value) }
    #expect(throws: (any Error).self) { try metadata.append("x-\(control.value)", "a") }
    #expect(metadata.isEmpty)
  }

  @Test("T19: names of methods that nobody has are not handed to observers")
  func randomMethods() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T19") { port, _ in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      var random = SystemRandomNumberGenerator()
      for id in AttackFrames.ids(2_000) {
        let name = String(random.next() as UInt64, radix: 36)
        let path =
          ["/a.B/\(name)", "/\(name)/C", "/attack.v1.World/\(name)"].randomElement() ?? "/"
        socket.send(RawFrames.headers(id, AttackFrames.fields(path), endsStream: true))
        socket.read(within: 5) { socket.heard.endedStreams.contains(id) }
      }
      return (socket.heard.endedStreams.count, socket.isClosed)
    }
    #expect(outcome.value.0 == 2_000)
    #expect(outcome.told.startedUnnamed == 2_000)
    #expect(outcome.handlers.started == 0)
  }

  @Test("T19: what refuses an unknown method repeats no control characters")
  func refusalText() async throws {
    let outcome = try await ServedWorld().attacked("T19 text") { port, _ in
      let client = try RawClient(port: port)
      let path = "/a.B/\u{85}\u{202E}x" + String(repeating: "y", count: 4_000)
      return try client.call(AttackFrames.fields(path)).message
    }
    let text = outcome.value ?? ""
    #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    #expect(text.utf8.count < 8_000)
  }

  @Test("T21: a call that turns compression off is not compressed, whatever the server's default")
  func compressionOff() async throws {
    let on = MethodDescriptor(service: "attack.v1.Size", method: "On", kind: .unary)
    let off = MethodDescriptor(service: "attack.v1.Size", method: "Off", kind: .unary)
    func compress(_ configuration: inout HTTP2Server.Configuration) {
      configuration.compressesResponses = true
    }
    let services = [SizeService(on: on, off: off)]
    let outcome = try await ServedWorld().attacked("T21", adding: services, configure: compress) {
      port, _ in
      let client = try RawClient(port: port)
      return try [on, off].map { method in
        try client.call(
          AttackFrames.fields(method.path) + [("grpc-accept-encoding", "gzip")],
          body: AttackFrames.message([])
        ).body.first
      }
    }
    #expect(outcome.value == [1, 0])
  }
}

/// Notes the value of one field of each call.
private final class SeenMetadata: Sendable {
  static let method = MethodDescriptor(service: "attack.v1.Notes", method: "See", kind: .unary)

  private let state = Mutex<[String]>([])

  var values: [String] { state.withLock { $0 } }
  var service: any RPCService { Service(seen: self) }

  private struct Service: RPCService {
    static let serviceName = "attack.v1.Notes"

    let seen: SeenMetadata

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          SeenMetadata.method,
          .unary { request, call in
            let values = call.requestMetadata.values(for: "x-note")
            seen.state.withLock { $0 += values }
            return request
          })
      ]
    }
  }
}

/// The same answer twice: as the server would send it, and never compressed.
private struct SizeService: RPCService {
  static let serviceName = "attack.v1.Size"

  let on: MethodDescriptor
  let off: MethodDescriptor

  func methods() -> [MethodHandler] {
    let answer = [UInt8](repeating: 0, count: 1_000)
    return [
      MethodHandler(on, .unary { _, _ in answer }),
      MethodHandler(
        off,
        .unary { _, call in
          call.compressesResponses = false
          return answer
        }),
    ]
  }
}
