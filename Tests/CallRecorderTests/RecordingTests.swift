import CallRecorder
import KitchenSink
import Protobuf
import RPCCore
import RPCTransportHTTP2
import Testing

@Suite("Recorded calls", .timeLimit(.minutes(2)))
struct RecordingTests {
  private static let kitchen = Router(services: [Kitchen()])

  /// What callers see, and the cassette of it: recorded in the client, or by a proxy before the server.
  private static func record(
    byProxy: Bool, _ redactor: any Redactor = NoRedaction()
  ) async throws -> (seen: [String], cassette: Cassette, bytes: [UInt8]) {
    let tray = Tray()
    let recorder = try tray.recorder(redactor)
    let seen = try await KitchenScene.serve(kitchen) { channel in
      let recorded = channel.intercepted(by: [RecordingInterceptor(recorder)])
      guard byProxy else { return try await KitchenScene.calls(recorded) }
      let proxy = Router(services: [], unknownMethod: Forwarder(to: recorded).handler)
      return try await KitchenScene.serve(proxy) { try await KitchenScene.calls($0) }
    }
    try recorder.finish()
    return (seen, try Cassette(tray.bytes), tray.bytes)
  }

  @Test("what is recorded in the client or on the way is the same", arguments: [false, true])
  func recorded(_ byProxy: Bool) async throws {
    let (seen, cassette, _) = try await Self.record(byProxy: byProxy)
    #expect(seen.first == #"sopa 3 ["Ana Pérez"]"#)
    #expect(
      cassette.calls.map { String($0.header.path.split(separator: "/")[1]) } == [
        "Cook", "Cook", "CookAll", "Watch", "Talk", "Watch",
      ])
    #expect(cassette.calls.map(\.requests.count) == [1, 1, 3, 1, 2, 1])
    #expect(cassette.calls.map(\.responses.count) == [1, 0, 1, 2, 2, 1])
    #expect(
      cassette.calls.map(\.status?.code) == [
        .ok, .invalidArgument, .ok, .ok, .resourceExhausted, nil,
      ])
    #expect(cassette.calls[1].status?.details == [8, 3])
    #expect(cassette.calls[0].header.metadata["pasarela-purpose"] == "TEST")
    #expect(cassette.calls[5].end?.event == .cancel(resetCode: nil))
  }

  @Test("a cassette answers as the server did", arguments: [false, true])
  func replayed(_ byProxy: Bool) async throws {
    let (seen, cassette, _) = try await Self.record(byProxy: byProxy)
    for matching in [Replayer.Matching.strict, .loose] {
      let replayer = Replayer(
        cassette.calls, comparison: Comparison(KitchenScene.types), matching: matching)
      let router = Router(services: [], unknownMethod: replayer.handler)
      let again = try await KitchenScene.serve(router) { try await KitchenScene.calls($0) }
      #expect(again == seen)
      #expect(replayer.unplayed.isEmpty)
    }
  }

  @Test("a call that was not recorded is told in which field")
  func mismatch() async throws {
    let (_, cassette, _) = try await Self.record(byProxy: false)
    let replayer = Replayer(cassette.calls, comparison: Comparison(KitchenScene.types))
    let router = Router(services: [], unknownMethod: replayer.handler)
    try await KitchenScene.serve(router) { channel in
      let client = KitchenV1.KitchenClient(RPCClient(transport: channel))
      let error = await #expect(throws: RPCError.self) {
        try await client.cook(
          .with {
            $0.name = "Ana Pérez"
            $0.size = 4
          })
      }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("size: recorded 3, now 4") == true)
      #expect(error?.message.contains("name") == false)
      let unknown = await #expect(throws: RPCError.self) {
        try await client.rest(.with { $0.seconds = 1 })
      }
      #expect(unknown?.message == "the cassette has no call of /kitchen.v1.Kitchen/Rest")
    }
  }

  @Test("a server that answers the same has no differences; one changed field is that one")
  func verified() async throws {
    let (_, cassette, _) = try await Self.record(byProxy: true)
    let verifier = Verifier(cassette, types: KitchenScene.types)
    let same = try await KitchenScene.serve(Self.kitchen) { await verifier.verify(at: $0) }
    #expect(same.count == 6)
    #expect(same.flatMap(\.differences) == [])
    let other = Router(services: [Kitchen(label: "caldo")])
    let changed = try await KitchenScene.serve(other) { await verifier.verify(at: $0) }
    #expect(
      changed.flatMap(\.differences) == [
        .init("response 1 label", recorded: "sopa", live: "caldo"),
        .init("response 1 label", recorded: "sopa 0", live: "caldo 0"),
        .init("response 2 label", recorded: "sopa 1", live: "caldo 1"),
        .init("response 1 label", recorded: "sopa 0", live: "caldo 0"),
      ])
  }

  @Test("what is redacted is in no byte of the cassette, and still answers")
  func redacted() async throws {
    let marks = SensitiveFields(of: [
      "kitchen.v1.Leaf": [1], "kitchen.v1.Tree": [1],
    ])
    let redactor = SchemaRedactor(
      KitchenScene.types, fields: marks, key: Array(repeating: 7, count: 32))
    let (_, cassette, bytes) = try await Self.record(byProxy: true, redactor)
    for secret in ["Ana", "Pérez", "sopa", "uno"] {
      #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "\(secret)")
    }
    #expect(cassette.calls[0].header.metadata["pasarela-purpose"] == "TEST")
    let first = try KitchenV1.Leaf(serializedBytes: cassette.calls[0].requests[0].bytes)
    let answer = try KitchenV1.Tree(serializedBytes: cassette.calls[0].responses[0].bytes)
    #expect(first.size == 3)
    #expect(answer.children.map(\.label) == [first.name])
    #expect(cassette.calls[0].entries[1].redactedPaths == ["name"])
    let replayer = Replayer(cassette.calls, comparison: Comparison(KitchenScene.types))
    let router = Router(services: [], unknownMethod: replayer.handler)
    let again = try await KitchenScene.serve(router) { try await KitchenScene.calls($0) }
    #expect(again[0] == #"\#(answer.label) 3 ["\#(first.name)"]"#)
  }

  @Test("calls go on when the cassette cannot be written, and the end says why")
  func full() async throws {
    struct Full: Error {}
    let room = Kitchen.Counter()
    let recorder = try Recorder(
      .init(), at: .init(microsecondsSinceEpoch: 0), redactor: NoRedaction()
    ) { _ in if room.next > 4 { throw Full() } }
    let seen = try await KitchenScene.serve(Self.kitchen) {
      try await KitchenScene.calls($0.intercepted(by: [RecordingInterceptor(recorder)]))
    }
    #expect(seen.count > 8)
    #expect(throws: Full.self) { try recorder.finish() }
  }

  @Test("what the schema does not have is not recorded")
  func unknownMethod() throws {
    let redactor = SchemaRedactor(KitchenScene.types, key: [1])
    #expect(throws: SchemaRedactor.UnknownMethod.self) {
      try redactor.redact([1], of: "/a.B/C", isRequest: true)
    }
    let message: [UInt8] = [0x0A, 1, 0x61, 0xFA, 0x3F, 2, 1, 2]
    let (redacted, paths) = try redactor.redact(
      message, of: "/kitchen.v1.Kitchen/Cook", isRequest: true)
    #expect(redacted == [0x0A, 1, 0x61])
    #expect(paths == ["#1023"])
  }
}
