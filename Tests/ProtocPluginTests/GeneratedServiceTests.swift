import KitchenSink
import Protobuf
import RPCCore
import RPCTransportInProcess
import Testing

/// Generated stubs and handlers, talking to each other within the process.
@Suite struct GeneratedServiceTests {
  /// Implements one method; the rest keeps the default.
  private struct Cook: KitchenV1.Kitchen {
    func cook(_ request: KitchenV1.Leaf, call: ServerCall) async throws -> KitchenV1.Tree {
      guard !request.name.isEmpty else { throw RPCError(.invalidArgument, "name is empty") }
      return .with {
        $0.label = request.name
        $0.children = (0..<request.size).map { number in .with { $0.label = "\(number)" } }
      }
    }

    func cookAll(
      _ requests: RequestStream<KitchenV1.Leaf>, call: ServerCall
    ) async throws -> KitchenV1.Tree {
      var tree = KitchenV1.Tree()
      for try await leaf in requests { tree.children.append(.with { $0.label = leaf.name }) }
      return tree
    }

    func watch(
      _ request: KitchenV1.Leaf, responses: ResponseStream<KitchenV1.Tree>, call: ServerCall
    ) async throws {
      try call.trailingMetadata.append("x-seen", call.requestMetadata["x-who"] ?? "nobody")
      for number in 0..<request.size {
        try await responses.write(.with { $0.label = "\(request.name) \(number)" })
      }
    }

    func talk(
      _ requests: RequestStream<KitchenV1.Leaf>, responses: ResponseStream<KitchenV1.Tree>,
      call: ServerCall
    ) async throws {
      for try await leaf in requests {
        try await responses.write(.with { $0.label = "\(leaf.name)?" })
      }
    }

    func rest(
      _ request: GoogleProtobuf.Duration, call: ServerCall
    ) async throws -> GoogleProtobuf.Empty {
      .init()
    }
  }

  private struct Strange: OddV1.Odd {
    func `do`(_ request: OddV1.String_, call: ServerCall) async throws -> OddV1.Int32_ {
      .with { $0.value = Int32(request.value.utf8.count) }
    }
  }

  private let client = RPCClient(
    transport: InProcessTransport(router: Router(services: [Cook(), Strange()])))

  @Test("a call reaches its method and brings the answer back")
  func call() async throws {
    let tree = try await KitchenV1.KitchenClient(client).cook(
      .with {
        $0.name = "soup"
        $0.size = 2
      })
    #expect(tree.label == "soup")
    #expect(tree.children.map(\.label) == ["0", "1"])
  }

  @Test("requests and responses may be another module's messages")
  func foreignMessages() async throws {
    let reply = try await KitchenV1.KitchenClient(client).rest(.with { $0.seconds = 1 })
    #expect(reply == .init())
  }

  @Test("what a handler throws arrives as it is")
  func refusal() async throws {
    let error = await #expect(throws: RPCError.self) {
      try await KitchenV1.KitchenClient(client).cook(.init())
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "name is empty")
  }

  @Test("a method that is not written answers UNIMPLEMENTED")
  func unwritten() async throws {
    let error = await #expect(throws: RPCError.self) {
      try await OddV1.OddClient(client).default(.init())
    }
    #expect(error?.code == .unimplemented)
    #expect(error?.message == "Default is not implemented")
  }

  @Test("a method called Do works")
  func keyword() async throws {
    let reply = try await OddV1.OddClient(client).do(.with { $0.value = "four" })
    #expect(reply.value == 4)
  }

  @Test("methods are listed with their kinds, in the order of the schema")
  func methods() {
    let all = KitchenV1.KitchenMethods.all
    #expect(all.map(\.method) == ["Cook", "CookAll", "Watch", "Talk", "Rest", "Warm"])
    #expect(
      all.map(\.kind) == [
        .unary, .clientStreaming, .serverStreaming, .bidirectionalStreaming, .unary, .unary,
      ])
    #expect(KitchenV1.KitchenMethods.cook.path == "/kitchen.v1.Kitchen/Cook")
    #expect(Cook.serviceName == "kitchen.v1.Kitchen")
    #expect(Cook().methods().map(\.descriptor) == all)
  }

  @Test("streaming methods have handlers of their form")
  func streaming() throws {
    for handler in Cook().methods() where handler.descriptor.kind != .unary {
      guard case .streaming = handler.invocation else {
        Issue.record("\(handler.descriptor) is not a stream")
        continue
      }
    }
  }

  // MARK: Clients

  private static func leaf(_ name: String, size: Int32 = 0) -> KitchenV1.Leaf {
    .with {
      $0.name = name
      $0.size = size
    }
  }

  /// Code of a program that calls a kitchen, over a transport or a fake.
  private func labels(
    from kitchen: some KitchenV1.KitchenClientProtocol
  ) async throws(RPCError) -> [String] {
    var labels: [String] = []
    let watched = kitchen.watch(Self.leaf("soup", size: 2), metadata: ["x-who": "me"])
    for try await tree in watched { labels.append(tree.label) }
    labels.append(watched.trailingMetadata["x-seen"] ?? "")
    let cooked = kitchen.cookAll()
    for name in ["a", "b"] { try await cooked.write(Self.leaf(name)) }
    labels += try await cooked.response().message.children.map(\.label)
    let talk = kitchen.talk(options: CallOptions(timeout: .seconds(20)))
    try await talk.write(Self.leaf("salt"))
    talk.finish()
    for try await tree in talk { labels.append(tree.label) }
    labels.append(try await kitchen.cook(Self.leaf("stew"), options: CallOptions()).label)
    return labels
  }

  @Test("a generated client has all four kinds of call, with and without metadata and options")
  func allKinds() async throws {
    let labels = try await labels(from: KitchenV1.KitchenClient(client))
    #expect(labels == ["soup 0", "soup 1", "me", "a", "b", "salt?", "stew"])
  }

  @Test("a fake answers what it was told to, in all four kinds of call")
  func fake() async throws {
    var fake = KitchenV1.KitchenFake()
    fake.onWatch = { request in
      ServerStreamingCall(of: [.with { $0.label = "watched \(request.name)" }])
    }
    fake.onCookAll = {
      ClientStreamingCall(of: [.with { $0.children = [.with { $0.label = "cooked" }] }])
    }
    fake.onTalk = { BidirectionalStreamingCall(of: [.with { $0.label = "talked" }]) }
    fake.onCook = { request throws(RPCError) in .with { $0.label = request.name } }
    let labels = try await labels(from: fake)
    #expect(labels == ["watched soup", "", "cooked", "talked", "stew"])
    let failure = RPCError(.unavailable, "the kitchen is closed")
    fake.onCook = { _ throws(RPCError) in throw failure }
    await #expect(throws: failure) { _ = try await fake.cook(.init()) }
  }

  @Test("what a fake has no answer for is UNIMPLEMENTED, and names it")
  func unanswered() async throws {
    let fake = KitchenV1.KitchenFake()
    func expected(_ name: String) -> RPCError {
      RPCError(.unimplemented, "the fake has no answer for \(name)")
    }
    await #expect(throws: expected("cook")) { _ = try await fake.cook(.init()) }
    await #expect(throws: expected("cookAll")) { _ = try await fake.cookAll().response() }
    await #expect(throws: expected("watch")) { for try await _ in fake.watch(.init()) {} }
    await #expect(throws: expected("talk")) { for try await _ in fake.talk() {} }
    await #expect(throws: expected("do")) { _ = try await OddV1.OddFake().do(.init()) }
  }
}
