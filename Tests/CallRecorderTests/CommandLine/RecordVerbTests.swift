import CallRecorder
import Foundation
import KitchenSink
import Protobuf
import RPCCore
import RPCTransportHTTP2
import Testing
import Trials

/// `pasarela record` and `pasarela replay` as programs, before a server of ours and between it and clients of two makers.
@Suite("record and replay", .serialized, .timeLimit(.minutes(3)))
struct RecordVerbTests {
  /// Who calls: grpcio, or our client library.
  enum Caller: String, CaseIterable {
    case stock, ours

    func calls(_ address: Endpoint, schema: String) async throws -> [String] {
      if self == .stock {
        return try await RecorderProgram.python("kitchen_calls.py", ["\(address)", schema])
      }
      let channel = HTTP2Channel(endpoint: address)
      let seen = try await KitchenScene.calls(channel)
      await channel.close()
      return seen
    }
  }

  private let folder: TemporaryFolder
  private let schema: String

  init() throws {
    folder = try TemporaryFolder()
    schema = folder.file("kitchen.protoset")
    try RecorderProgram.writeKitchen(to: schema)
  }

  /// Records what `body` calls through the proxy.
  private func record(
    to target: Endpoint, _ name: String, stoppedBy signal: Int32 = SIGINT,
    _ body: (Endpoint) async throws -> Void
  ) async throws -> (path: String, ended: RecorderProgram.Ended) {
    let path = folder.file(name)
    let proxy = try RecorderProgram.Serving([
      "record", "--listen", "127.0.0.1:0", "--to", "\(target)", "--insecure", "--out", path,
      "--unredacted", "-protoset", schema,
    ])
    try await body(proxy.endpoint)
    return (path, try proxy.stop(by: signal))
  }

  @Test("a cassette of either client replays to both", arguments: Caller.allCases)
  func eitherToBoth(_ recorder: Caller) async throws {
    let kitchen = Router(services: [Kitchen()])
    let (path, live) = try await KitchenScene.listen(kitchen) { address in
      var live: [Caller: [String]] = [:]
      for caller in Caller.allCases {
        live[caller] = try await caller.calls(address, schema: schema)
      }
      let (path, ended) = try await record(to: address, "\(recorder).rpcas") {
        let seen = try await recorder.calls($0, schema: schema)
        #expect(seen == live[recorder])
      }
      #expect(ended.code == 0, "\(ended.errors)")
      #expect(ended.errors == "6 calls recorded in \(path)\n")
      return (path, live)
    }
    #expect(live[.stock]?.count == 9, "\(live)")
    for caller in Caller.allCases {
      for matching in ["strict", "loose"] {
        let server = try RecorderProgram.Serving([
          "replay", path, "--listen", "127.0.0.1:0", "--matching", matching,
        ])
        let seen = try await caller.calls(server.endpoint, schema: schema)
        #expect(seen == live[caller], "\(caller) from a cassette of \(recorder), \(matching)")
        let ended = try server.stop(by: SIGTERM)
        #expect(ended.code == 0)
        #expect(ended.errors == "6 of 6 recorded calls were asked for\n")
      }
    }
  }

  @Test(
    "the file is whole when a signal comes in the middle of a call", arguments: [SIGINT, SIGTERM])
  func stoppedInTheMiddle(_ signal: Int32) async throws {
    let kitchen = Router(services: [Kitchen()])
    try await KitchenScene.listen(kitchen) { address in
      let channel = OpenCallKeeper()
      let (path, ended) = try await record(to: address, "stopped.rpcas", stoppedBy: signal) {
        let client = KitchenV1.KitchenClient(RPCClient(transport: channel.open($0)))
        let endless = client.watch(
          .with {
            $0.name = "on"
            $0.size = 1
          })
        for try await tree in endless {
          #expect(tree.label == "sopa 0")
          break
        }
        channel.keep(endless)
      }
      await channel.close()
      #expect(ended.code == 0, "\(ended.errors)")
      let cassette = try Cassette(RecorderProgram.bytes(path))
      #expect(cassette.calls.count == 1)
      #expect(cassette.calls.first?.responses.count == 1)
    }
  }

  @Test("a reset comes again with its code, behind what came before it", arguments: Caller.allCases)
  func reset(_ caller: Caller) async throws {
    let kitchen = Router(services: [Kitchen()])
    let (path, live) = try await KitchenScene.listen(kitchen) { address in
      let live = try await resets(caller, address)
      let (path, _) = try await record(to: address, "reset.rpcas") {
        expect(try await resets(caller, $0), like: live, caller)
      }
      return (path, live)
    }
    #expect(live.last?.contains("RESOURCE_EXHAUSTED") == true, "\(live)")
    if caller != .stock { #expect(live.count == 3) }
    let cassette = try Cassette(RecorderProgram.bytes(path))
    guard case .serverTrailer(let trailer)? = cassette.calls.first?.end?.event else {
      Issue.record("the call has no end")
      return
    }
    #expect(trailer.resetCode == 11)
    let server = try RecorderProgram.Serving([
      "replay", path, "--listen", "127.0.0.1:0", "--timing", "recorded",
    ])
    expect(try await resets(caller, server.endpoint), like: live, caller)
    _ = try server.stop()
  }

  /// What somebody saw of a call that was reset is what was seen before. grpcio drops messages that its
  /// application has not asked for when the reset comes, so of its own only the end and the order are certain.
  private func expect(_ seen: [String], like live: [String], _ caller: Caller) {
    guard caller == .stock else {
      #expect(seen == live)
      return
    }
    #expect(seen.last == live.last)
    for run in [seen, live] {
      #expect(["[\"sopa 0\"]", "[\"sopa 1\"]"].starts(with: run.dropLast()), "\(run)")
    }
  }

  private func resets(_ caller: Caller, _ address: Endpoint) async throws -> [String] {
    if caller == .stock {
      return try await RecorderProgram.python("kitchen_calls.py", ["\(address)", schema, "reset"])
    }
    let channel = HTTP2Channel(endpoint: address)
    let client = KitchenV1.KitchenClient(RPCClient(transport: channel))
    var seen: [String] = []
    do {
      for try await tree in client.watch(
        .with {
          $0.name = "reset"
          $0.size = 2
        })
      { seen.append(tree.label) }
    } catch {
      seen.append("\(error.code) by reset \(error.resetCode.map(String.init) ?? "none")")
    }
    await channel.close()
    return seen
  }

  @Test("what was recorded over time is replayed over time, when that is asked for")
  func timing() async throws {
    var writer = CassetteWriter(from: .init(microsecondsSinceEpoch: 0))
    var bytes = try writer.begin(.init())
    let call = writer.beginCall()
    let steps: [(CassetteEntry.Event, Duration)] = [
      (.clientHeader(.init(path: "/kitchen.v1.Kitchen/Cook")), .zero),
      (.clientMessage(.init([])), .zero), (.clientHalfClose, .zero),
      (.serverHeader([:]), .milliseconds(700)), (.serverMessage(.init([])), .milliseconds(700)),
      (.serverTrailer(.init(.ok)), .milliseconds(700)),
    ]
    for (event, offset) in steps { bytes += try writer.append(event, to: call, at: offset) }
    bytes += try writer.finish()
    let path = folder.file("slow.rpcas")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    for (timing, range) in [
      ("recorded", Duration.milliseconds(690)..<Duration.seconds(60)),
      ("at-once", Duration.zero..<Duration.milliseconds(600)),
    ] {
      let server = try RecorderProgram.Serving([
        "replay", path, "--listen", "127.0.0.1:0", "--timing", timing,
      ])
      let channel = HTTP2Channel(endpoint: server.endpoint)
      let client = KitchenV1.KitchenClient(RPCClient(transport: channel))
      // The connection is made by a call that is none of the recorded ones.
      await #expect(throws: RPCError.self) { try await client.rest(.with { $0.seconds = 1 }) }
      let start = ContinuousClock.now
      _ = try await client.cook(.init())
      let span = ContinuousClock.now - start
      #expect(range.contains(span), "\(timing): \(span)")
      await channel.close()
      _ = try server.stop()
    }
  }

  @Test("methods that the schema does not have pass without being recorded, and that is said")
  func unknownMethods() async throws {
    let kitchen = Router(services: [Kitchen()])
    try await KitchenScene.listen(kitchen) { address in
      let path = folder.file("none.rpcas")
      let proxy = try RecorderProgram.Serving([
        "record", "--listen", "127.0.0.1:0", "--to", "\(address)", "--insecure", "--out", path,
      ])
      let seen = try await Caller.ours.calls(proxy.endpoint, schema: schema)
      #expect(seen.count > 8)
      let ended = try proxy.stop()
      #expect(ended.errors.contains("0 calls recorded in \(path)\n"))
      #expect(ended.errors.contains("2 calls of /kitchen.v1.Kitchen/Cook not recorded"))
      let cassette = try Cassette(RecorderProgram.bytes(path))
      #expect(cassette.calls.isEmpty)
    }
  }

  @Test(
    "what cannot be recorded or replayed is refused with what to do",
    arguments: [
      (["record", "--listen", "0.0.0.0:0", "--to", "a:1", "--out", "x"], 2, "of this machine"),
      (
        ["record", "--listen", "127.0.0.1:0", "--to", "a:1", "--target", "b:1", "--out", "x"], 2,
        "leave out --target"
      ),
      (
        ["record", "--listen", "127.0.0.1:0", "--to", "a:1", "--insecure", "--out", "/dev/null"],
        1, "/dev/null exists"
      ),
      (["replay", "/nowhere", "--listen", "127.0.0.1:0"], 1, "cannot read /nowhere"),
      (["replay", "/dev/null", "--listen", "127.0.0.1:0", "--timing", "fast"], 2, "at-once"),
      (["verify", "/nowhere", "--target", "a:1", "--insecure"], 1, "cannot read /nowhere"),
    ] as [([String], Int32, String)])
  func refused(_ arguments: [String], _ code: Int32, _ says: String) async throws {
    let ended = try await RecorderProgram.run(arguments)
    #expect(ended.code == code, "\(ended.errors)")
    #expect(ended.errors.contains(says), "\(ended.errors)")
  }
}

/// Keeps a call open until the test is done with it.
private final class OpenCallKeeper: @unchecked Sendable {
  // `@unchecked`: used by one test, one step after the other.
  private var channel: HTTP2Channel?
  private var call: Any?

  func open(_ address: Endpoint) -> HTTP2Channel {
    let channel = HTTP2Channel(endpoint: address)
    self.channel = channel
    return channel
  }

  func keep(_ call: Any) { self.call = call }

  func close() async {
    call = nil
    await channel?.close()
  }
}
