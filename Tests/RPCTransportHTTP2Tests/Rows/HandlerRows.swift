import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("what stands between the wire and a handler", .timeLimit(.minutes(2)))
struct HandlerRows {
  /// Puts its mark on what passes, on the way in and on the way out.
  private struct Marking: ServerInterceptor {
    let mark: UInt8

    func applies(to method: MethodDescriptor) -> Bool { method.method != "Gather" }

    func intercept(
      request: [UInt8], call: ServerCall, next: MethodHandler.Unary
    ) async throws -> [UInt8] {
      try call.trailingMetadata.append("mark", "\(mark)")
      return try await next(request + [mark], call) + [mark]
    }

    func intercept(
      requests: RawRequests, responses: RawResponses, call: ServerCall,
      next: MethodHandler.Streaming
    ) async throws {
      let mark = mark
      try call.trailingMetadata.append("mark", "\(mark)")
      try await next(requests.map { $0 + [mark] }, responses.map { $0 + [mark] }, call)
    }
  }

  /// Lets nobody in.
  private struct Refusing: ServerInterceptor {
    func intercept(
      request: [UInt8], call: ServerCall, next: MethodHandler.Unary
    ) async throws -> [UInt8] {
      throw RPCError(.permissionDenied, "no")
    }

    func intercept(
      requests: RawRequests, responses: RawResponses, call: ServerCall,
      next: MethodHandler.Streaming
    ) async throws {
      throw RPCError(.permissionDenied, "no")
    }
  }

  @Test("interceptors see and change messages of every kind, both ways, the first outermost")
  func interceptors() async throws {
    let world = WireWorld(interceptors: [Marking(mark: 10), Marking(mark: 20)])
    try await Wire.withClient(world.router) { client in
      func messages(_ method: String, _ requests: [UInt8]...) throws -> [[UInt8]]? {
        let answer = try client.call(
          Wire.fields(method), body: requests.flatMap { Wire.message($0) })
        #expect(answer.status == "0")
        #expect(answer.trailers["mark"] == (method == "Gather" ? nil : "10,20"))
        return Wire.messages(in: answer.body)?.map(\.bytes)
      }
      let marked: [UInt8] = [10, 20, 20, 10]
      let echo = try messages("Echo", [1])
      #expect(echo == [[1] + marked])
      let twice = try messages("Twice", [1])
      #expect(twice == [[1] + marked, [1] + marked])
      let gathered = try messages("Gather", [1], [2])
      #expect(gathered == [[1, 2]])
      let mirrored = try messages("Mirror", [1], [], [3])
      #expect(mirrored == [[1] + marked, marked, [3] + marked])
    }
  }

  @Test("an interceptor that refuses is answered by trailers alone, and no handler runs")
  func refusing() async throws {
    let world = WireWorld(interceptors: [Refusing()])
    try await Wire.withClient(world.router) { client in
      for (_, method) in WireWorld.echoes {
        let answer = try client.call(Wire.fields(method), body: Wire.message([1]))
        #expect(answer.status == "7" && answer.isTrailersOnly)
      }
    }
    #expect(world.lastSeen.startedCount == 0)
  }

  /// Answers any method with its requests backwards.
  private static let reversing: MethodHandler.Streaming = { requests, responses, call in
    try call.responseMetadata.append("x-method", call.method.fullName)
    for try await request in requests { try await responses.write(request.reversed()) }
  }

  @Test("the handler of unknown methods gets every kind of call, as bytes, with its name")
  func unknownMethod() async throws {
    let world = WireWorld(unknownMethod: Self.reversing)
    try await Wire.withClient(world.router) { client in
      func call(_ path: String, _ body: [UInt8]?, _ type: String) throws -> RawClient.Answer {
        try client.call(Wire.fields("", [(":path", path), ("content-type", type)]), body: body)
      }
      let three = Wire.message([1, 2, 3]) + Wire.message([]) + Wire.message([4, 5])
      let backwards = Wire.message([3, 2, 1]) + Wire.message([]) + Wire.message([5, 4])
      for type in ["application/grpc", "application/grpc+json"] {
        let answer = try call("/other.Service/Method", three, type)
        #expect(answer.status == "0")
        #expect(answer.body == backwards)
        #expect(answer.headers["x-method"] == "other.Service/Method")
      }
      #expect(try call("/other.Service/Method", nil, "application/grpc").status == "0")
      // What is registered is not its business, nor is what is no method's name.
      let own = try client.call(Wire.fields(), body: Wire.message([1, 2]))
      #expect(own.body == Wire.message([1, 2]))
      let later = try client.call(Wire.fields("Later"), body: Wire.message([1]))
      #expect(later.status == "12")
      for path in ["/", "/a", "/a/", "//a/b", "/a/b/c"] {
        #expect(try call(path, three, "application/grpc").status == "12")
      }
    }
  }

  @Test("the handler of unknown methods answers while the client still speaks")
  func unknownDialogue() async throws {
    let world = WireWorld(unknownMethod: Self.reversing)
    try await Wire.withConnection(world.router) { connection in
      try connection.socket.send(
        RawFrames.headers(1, Wire.fields("", [(":path", "/other.Service/Talk")])))
      for round in 0..<20 as Range<UInt8> {
        try connection.socket.send(RawFrames.data(1, Wire.message([round, 0])))
        let data = try connection.first { $0.isData }
        #expect(data?.payload == Wire.message([0, round]))
      }
      try connection.socket.send(RawFrames.data(1, [], endsStream: true))
      #expect(try connection.first { $0.endsStream }?.isHeaders == true)
    }
  }
}
