import CallSuite
import RPCCore
import RPCTransportInProcess
import Testing

@Suite("Calls in the same process")
struct InProcessTransportTests {
  @Test("what every transport owes", arguments: CallSuite.cases)
  func suite(_ expectation: CallCase) async {
    let world = CallWorld()
    let transport = InProcessTransport(router: world.router, limits: CallWorld.limits)
    let failure = await expectation.failure(on: transport, to: world)
    #expect(failure == nil)
  }

  @TaskLocal static var secret = "none"

  private struct Watching: RPCService {
    static let serviceName = "watch.Svc"
    static let method = MethodDescriptor(service: serviceName, method: "Watch", kind: .unary)

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          Self.method,
          .unary { _, call in
            Array("\(InProcessTransportTests.secret) \(call.peer.uris)".utf8)
          })
      ]
    }
  }

  @Test("the handler sees the peer it was given, and none of the caller's task-local values")
  func handlerIsApart() async throws {
    let peer = PeerIdentity(address: "test", secure: true, uris: ["spiffe://a/b"])
    let transport = InProcessTransport(router: Router(services: [Watching()]), peer: peer)
    let response = try await Self.$secret.withValue("caller's") {
      try await transport.unary(
        Watching.method, request: [], metadata: [:], options: CallOptions())
    }
    #expect(String(decoding: response.message, as: UTF8.self) == "none [\"spiffe://a/b\"]")
  }

  // MARK: Credentials

  /// Tells its caller of the metadata under `authorization`, in each form of call.
  private struct Doorman: RPCService {
    static let serviceName = "door.Svc"
    static let unary = MethodDescriptor(service: serviceName, method: "Ask", kind: .unary)
    static let stream = MethodDescriptor(
      service: serviceName, method: "AskOn", kind: .serverStreaming)

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          Self.unary,
          .unary { _, call in Array((call.requestMetadata["authorization"] ?? "").utf8) }),
        MethodHandler(
          Self.stream,
          .streaming { _, responses, call in
            try await responses.write(Array((call.requestMetadata["authorization"] ?? "").utf8))
          }),
      ]
    }
  }

  /// What the doorman says to a call with `credentials`, in each form.
  private func answers(to credentials: CallCredentials) async -> [Result<String, RPCError>] {
    let transport = InProcessTransport(
      router: Router(services: [Doorman()]), authority: "door.example")
    let options = CallOptions(timeout: .seconds(20), credentials: credentials)
    let unary = await Result { () async throws(RPCError) in
      try await transport.unary(Doorman.unary, request: [], metadata: ["x": "y"], options: options)
        .message
    }
    let stream = transport.open(
      Doorman.stream, request: [], metadata: ["x": "y"], options: options)
    let streamed = await Result { () async throws(RPCError) in try await stream.next() ?? [] }
    return [unary, streamed].map { $0.map { String(decoding: $0, as: UTF8.self) } }
  }

  @Test("credentials are asked for each call, and what they make is sent")
  func credentials() async {
    let credentials = CallCredentials { request throws(RPCError) in
      ["authorization": .string("\(request.authority)\(request.method.path)")]
    }
    #expect(
      await answers(to: credentials)
        == [.success("door.example/door.Svc/Ask"), .success("door.example/door.Svc/AskOn")])
  }

  @Test("what credentials throw is how the call ends")
  func credentialsThatFail() async {
    let error = RPCError(.unauthenticated, "no token")
    let credentials = CallCredentials { _ throws(RPCError) in throw error }
    #expect(await answers(to: credentials) == [.failure(error), .failure(error)])
    let long = CallCredentials { _ in ["x": .string(String(repeating: "a", count: 16 << 10))] }
    let tooLong = RPCError(.resourceExhausted, "the request's metadata is over the limit")
    #expect(await answers(to: long) == [.failure(tooLong), .failure(tooLong)])
  }

  @Test("a call does not wait for credentials beyond its deadline")
  func credentialsThatTakeLong() async throws {
    let transport = InProcessTransport(router: Router(services: [Doorman()]))
    let credentials = CallCredentials { _ in
      try? await Task.sleep(for: .seconds(60))
      return [:]
    }
    let options = CallOptions(timeout: .milliseconds(50), credentials: credentials)
    let unary = await Result { () async throws(RPCError) in
      try await transport.unary(Doorman.unary, request: [], metadata: [:], options: options)
    }
    #expect(throws: RPCError(.deadlineExceeded, "the deadline passed")) { try unary.get() }
    let stream = transport.open(Doorman.stream, request: [], metadata: [:], options: options)
    await #expect(throws: RPCError(.deadlineExceeded, "the deadline passed")) {
      _ = try await stream.next()
    }
  }

  // MARK: Misuse

  @Test("a unary method opened as a stream has one message each way all the same")
  func unaryAsStream() async throws {
    let transport = InProcessTransport(router: Router(services: [Watching()]))
    let method = MethodDescriptor(
      service: Watching.serviceName, method: "Watch", kind: .bidirectionalStreaming)
    let stream = transport.open(method, request: nil, metadata: [:], options: CallOptions())
    try await stream.write([1], compressed: nil)
    stream.finish()
    #expect(try await stream.next() == Array("none []".utf8))
    #expect(try await stream.next() == nil)
  }

  @Test("two tasks that read the same responses are told so, and the call goes on")
  func twoReaders() async throws {
    let world = CallWorld()
    let transport = InProcessTransport(router: world.router)
    let method = MethodDescriptor(
      service: "suite.v1.Streams", method: "Mirror", kind: .bidirectionalStreaming)
    let stream = transport.open(method, request: nil, metadata: [:], options: CallOptions())
    let codes = await withTaskGroup(of: StatusCode.self) { group in
      for _ in 1...2 {
        group.addTask {
          do throws(RPCError) {
            _ = try await stream.next()
            return .ok
          } catch {
            // The other can have its end now.
            stream.finish()
            return error.code
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(codes.sorted { $0.rawValue < $1.rawValue } == [.ok, .internal])
  }
}

extension Result where Failure == RPCError {
  fileprivate init(_ body: () async throws(RPCError) -> Success) async {
    do throws(RPCError) {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
