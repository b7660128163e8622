import CallRecorder
import KitchenSink
import Protobuf
import RPCCore
import RPCTransportHTTP2
import Synchronization
import Testing

/// A kitchen that counts what it makes, so that no two answers have the same name.
struct Kitchen: KitchenV1.Kitchen {
  let number = Counter()
  /// What it calls every dish.
  var label = "sopa"

  final class Counter: Sendable {
    private let count = Atomic(0)
    var next: Int { count.add(1, ordering: .relaxed).newValue }
  }

  func cook(_ request: KitchenV1.Leaf, call: ServerCall) async throws -> KitchenV1.Tree {
    if request.size < 0 {
      var error = RPCError(.invalidArgument, "size must not be negative", details: [8, 3])
      error.metadata = ["x-why": "size"]
      throw error
    }
    call.responseMetadata = ["x-kitchen": "1"]
    return .with {
      $0.label = label
      $0.branch = .with { $0.weight = request.size }
      $0.children = [.with { $0.label = request.name }]
    }
  }

  func cookAll(
    _ requests: RequestStream<KitchenV1.Leaf>, call: ServerCall
  ) async throws -> KitchenV1.Tree {
    var size: Int32 = 0
    for try await request in requests { size += request.size }
    return .with { $0.branch = .with { [size] in $0.weight = size } }
  }

  func watch(
    _ request: KitchenV1.Leaf, responses: ResponseStream<KitchenV1.Tree>, call: ServerCall
  ) async throws {
    for number in 0..<request.size {
      try await responses.write(.with { $0.label = "\(label) \(number)" })
    }
    if request.name == "reset" { throw StreamReset(code: 11) }
    call.trailingMetadata = ["x-left": "0"]
    if request.name == "on" { try await Task.sleep(for: .seconds(60)) }
  }

  func talk(
    _ requests: RequestStream<KitchenV1.Leaf>, responses: ResponseStream<KitchenV1.Tree>,
    call: ServerCall
  ) async throws {
    for try await request in requests {
      try await responses.write(.with { $0.label = "\(request.name)!" })
    }
    throw RPCError(.resourceExhausted, "the kitchen is closed")
  }
}

/// Servers on free ports of loopback, and a schema of what they serve.
enum KitchenScene {
  static let types: MethodTypes = {
    do {
      return MethodTypes(
        try RuntimeSchema(
          KitchenV1.fileDescriptors.map {
            try GoogleProtobuf.FileDescriptorProto(serializedBytes: $0.serializedBytes)
          }))
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Runs `body` with a channel to a server of `router`; then stops both.
  static func serve<Result: Sendable>(
    _ router: Router, _ body: @Sendable (HTTP2Channel) async throws -> Result
  ) async throws -> Result {
    try await listen(router) { address in
      let channel = HTTP2Channel(endpoint: address)
      let result = try await body(channel)
      await channel.close()
      return result
    }
  }

  /// Runs `body` with the address of a server of `router`; then stops it.
  static func listen<Result: Sendable>(
    _ router: Router, _ body: @Sendable (Endpoint) async throws -> Result
  ) async throws -> Result {
    let bound = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [.tcp(host: "127.0.0.1", port: 0)])
    configuration.shutdownGrace = .milliseconds(200)
    configuration.onListening = { bound.continuation.yield($0) }
    let server = HTTP2Server(configuration: configuration, router: router)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      for await address in bound.stream {
        let result = try await body(address)
        server.shutdownGracefully()
        try await group.waitForAll()
        return result
      }
      throw CancellationError()
    }
  }

  /// One call of each kind, one that fails and one that is cancelled, and what the caller saw of them.
  static func calls(_ transport: any ClientTransport) async throws -> [String] {
    let client = KitchenV1.KitchenClient(RPCClient(transport: transport))
    var seen: [String] = []
    let cooked = try await client.cook(
      .with {
        $0.name = "Ana Pérez"
        $0.size = 3
      }, metadata: ["pasarela-purpose": "TEST"])
    seen.append("\(cooked.label) \(cooked.branch?.weight ?? 0) \(cooked.children.map(\.label))")
    do {
      _ = try await client.cook(.with { $0.size = -1 })
    } catch {
      seen.append("\(error) \(error.details ?? []) \(error.metadata["x-why"] ?? "")")
    }
    let all = client.cookAll()
    for size in 1...3 { try await all.write(.with { $0.size = Int32(size) }) }
    seen.append("\(try await all.response().message.branch?.weight ?? 0)")
    let watch = client.watch(.with { $0.size = 2 })
    for try await tree in watch { seen.append(tree.label) }
    seen.append(watch.trailingMetadata["x-left"] ?? "nothing")
    let talk = client.talk()
    var answers = talk.makeAsyncIterator()
    for name in ["uno", "dos"] {
      try await talk.write(.with { $0.name = name })
      seen.append(try await answers.next()?.label ?? "nothing")
    }
    talk.finish()
    do {
      while let more = try await answers.next() { seen.append(more.label) }
    } catch {
      seen.append("\(error)")
    }
    let endless = client.watch(
      .with {
        $0.name = "on"
        $0.size = 1
      })
    for try await tree in endless {
      seen.append(tree.label)
      break
    }
    endless.cancel()
    return seen
  }
}

/// Keeps what is written of a cassette.
final class Tray: Sendable {
  private let content = Mutex<[UInt8]>([])
  var bytes: [UInt8] { content.withLock { $0 } }

  func recorder(_ redactor: any Redactor = NoRedaction()) throws -> Recorder {
    try Recorder(
      .with { $0.recordMode = "client" }, at: .init(microsecondsSinceEpoch: 1_688_396_400_000_000),
      redactor: redactor
    ) { [self] bytes in content.withLock { $0 += bytes } }
  }
}
