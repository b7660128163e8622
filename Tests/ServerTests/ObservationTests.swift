import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import SafeMobilityAPI
import Testing

@Suite("what pasarela-server tells of itself", .serialized)
struct ObservationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func start(_ more: [String]) throws -> RunningServer {
    try RunningServer(
      ["--listen", "127.0.0.1:0", "--store", folder.store(), "--insecure", "--load-reference"]
        + more,
      in: folder.url)
  }

  /// Asks for the programme, with a header that begins nothing.
  private func ask(_ endpoint: Endpoint, metadata: Metadata = [:]) async throws {
    let channel = HTTP2Channel(endpoint: endpoint)
    let programs = SafeMobility.ProgramServiceClient(RPCClient(transport: channel))
    _ = try await programs.getProgram(
      .with { $0.name = "programs/gt-pilot-2023" }, metadata: metadata,
      options: CallOptions(timeout: .seconds(10)))
    await channel.close()
  }

  /// The addresses it prints, by what stands before them.
  private func addresses(_ server: RunningServer) throws -> [String: Endpoint] {
    var found: [String: Endpoint] = [:]
    for _ in 0..<2 {
      let words = server.line().split(separator: " ").map(String.init)
      guard words.count == 3 else { continue }
      found[words[0]] = Endpoint(words[2])
    }
    return found
  }

  private func scrape(_ endpoint: Endpoint?) throws -> String {
    guard case .tcp(_, let port) = endpoint else { return "no address" }
    let socket = try RawSocket(port: port)
    try socket.send(Array("GET /metrics HTTP/1.0\r\n\r\n".utf8))
    var said: [UInt8] = []
    while true {
      let bytes = try socket.receive(withinMilliseconds: 5000)
      if bytes.isEmpty { return String(decoding: said, as: UTF8.self) }
      said += bytes
    }
  }

  @Test("with --metrics it counts its calls, and tells of the process")
  func metrics() async throws {
    let server = try start(["--metrics", "127.0.0.1:0"])
    let addresses = try addresses(server)
    try await ask(#require(addresses["listening"]))
    let said = try scrape(addresses["metrics"])
    #expect(said.hasPrefix("HTTP/1.1 200 OK\r\n"))
    let method = #"grpc_method="safemobility.v1.ProgramService/GetProgram""#
    #expect(said.contains("grpc_server_call_started_total{\(method)} 1\n"))
    #expect(
      said.contains("grpc_server_call_duration_seconds_count{\(method),grpc_status=\"OK\"} 1\n"))
    #expect(said.contains("\nprocess_resident_memory_bytes "))
    server.signal(SIGTERM)
    #expect(try await server.exitCode() == 0, "\(server.said)")
  }

  @Test("with --log-format json every line is an object, and at debug each call has one")
  func logs() async throws {
    let server = try start(["--log-format", "json", "--log-level", "debug"])
    let words = server.line().split(separator: " ").map(String.init)
    try await ask(#require(Endpoint(words[2])))
    server.signal(SIGTERM)
    #expect(try await server.exitCode() == 0)
    let lines = server.said.split(separator: "\n")
    let events = try lines.map { line in
      try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
    }
    let calls = events.filter { $0["label"] == "pasarela.calls" && $0["grpc.method"] != nil }
    #expect(calls.count == 1)
    #expect(calls.first?["grpc.method"] == "safemobility.v1.ProgramService/GetProgram")
    #expect(calls.first?["grpc.status"] == "OK" && calls.first?["level"] == "debug")
    #expect(!server.said.contains("127.0.0.1"))
  }

  @Test("with --trace-share 0 only calls within a trace that is kept have a span")
  func traces() async throws {
    let server = try start(["--trace-share", "0"])
    let words = server.line().split(separator: " ").map(String.init)
    let endpoint = try #require(Endpoint(words[2]))
    try await ask(endpoint)
    try await ask(
      endpoint,
      metadata: ["traceparent": "00-0123456789abcdef0fedcba987654321-00f067aa0ba902b7-01"])
    server.signal(SIGTERM)
    #expect(try await server.exitCode() == 0)
    let spans = server.said.split(separator: "\n").filter { $0.contains("label=pasarela.trace") }
    #expect(spans.count == 1)
    let span = try #require(spans.first)
    #expect(span.contains("trace_id=0123456789abcdef0fedcba987654321"))
    #expect(span.contains("parent_span_id=00f067aa0ba902b7"))
    #expect(span.contains("span=Recv.safemobility.v1.ProgramService.GetProgram"))
  }

  @Test("an address for metrics that another has keeps it from starting")
  func taken() async throws {
    let first = try start(["--metrics", "127.0.0.1:0"])
    let metrics = try #require(try addresses(first)["metrics"])
    let other = try TemporaryFolder()
    let second = try RunningServer(
      [
        "--listen", "127.0.0.1:0", "--store", other.store(), "--insecure", "--metrics",
        metrics.description,
      ], in: other.url)
    #expect(try await second.exitCode() == 1)
    #expect(second.said.contains("pasarela-server: cannot serve metrics on \(metrics)"))
    first.signal(SIGTERM)
    #expect(try await first.exitCode() == 0)
  }

  @Test(
    "what cannot be watched is a wrong command line",
    arguments: [
      (["--metrics", "9100"], "ADDRESS"), (["--metrics", "unix:/tmp/m"], "ADDRESS"),
      (["--log-level", "loud"], "LEVEL"), (["--log-format", "xml"], "log-format"),
      (["--trace-share", "1.5"], "--trace-share"),
    ])
  func usage(arguments: [String], hint: String) async throws {
    let server = try start(arguments)
    #expect(try await server.exitCode() == 2)
    #expect(server.said.contains(hint), "\(server.said)")
  }
}
