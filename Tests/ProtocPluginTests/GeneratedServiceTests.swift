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
}
