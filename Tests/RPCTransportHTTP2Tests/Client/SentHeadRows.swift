import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("requests as a server gets them", .timeLimit(.minutes(1)))
struct SentHeadRows {
  @Test("Q9: fields come in gRPC's order, and calls of one method have nothing of each other's")
  func order() async throws {
    let seen = Mutex<[RawServed.Request]>([])
    try await ScriptedServer.with { connection in
      try connection.begin()
      for _ in 0..<4 {
        let request = try connection.request()
        seen.withLock { $0.append(request) }
        try connection.send(Answers.ok(request.id))
      }
      try connection.untilGone()
    } _: { channel in
      try await channel.ask(options: CallOptions())
      try await channel.ask(metadata: ["x-one": "1"], options: CallOptions(timeout: .seconds(20)))
      try await channel.ask(metadata: ["x-two": "2"], options: CallOptions())
      try await channel.ask(options: CallOptions())
    }
    let first = [":method", ":scheme", ":path", ":authority"]
    let rest = ["te", "content-type", "grpc-accept-encoding", "user-agent"]
    let requests = seen.withLock { $0 }
    #expect(
      requests.map(\.names) == [
        first + rest, first + ["grpc-timeout"] + rest + ["x-one"], first + rest + ["x-two"],
        first + rest,
      ])
    for request in requests {
      #expect(request.fields[":method"] == "POST")
      #expect(request.fields[":path"] == "/\(WireWorld.method("Echo", .unary).fullName)")
      #expect(request.fields["te"] == "trailers")
    }
  }
}
