import RPCCore
import RPCTransportInProcess
import Synchronization
import Testing

/// A handler that calls another service, with and without the interceptor that hands its deadline down.
@Suite("deadlines and cancellation of calls that handlers make", .timeLimit(.minutes(1)))
struct DeadlinePropagationTests {
  private static let serviceName = "p.S"
  private static let unary = MethodDescriptor(service: serviceName, method: "M", kind: .unary)
  private static let stream = MethodDescriptor(
    service: serviceName, method: "Chat", kind: .bidirectionalStreaming)

  private struct Service: RPCService {
    static let serviceName = DeadlinePropagationTests.serviceName
    var handlers: [MethodHandler]

    func methods() -> [MethodHandler] { handlers }
  }

  /// What the service behind has seen.
  private final class Far: Sendable {
    struct Seen: Sendable {
      var deadlines: [Deadline?] = []
      var isCancelled = false
    }

    let seen = Mutex(Seen())

    /// Notes the deadline, and waits to be cancelled if the call has a name that says so.
    func serve(_ call: ServerCall) async throws {
      seen.withLock { $0.deadlines.append(call.deadline) }
      guard call.requestMetadata["x-waits"] != nil else { return }
      do {
        try await Task.sleep(for: .seconds(50))
      } catch {
        seen.withLock { $0.isCancelled = true }
        throw error
      }
    }

    func eventually(_ holds: (Seen) -> Bool) async throws -> Bool {
      for _ in 0..<4000 {
        if seen.withLock({ holds($0) }) { return true }
        try await Task.sleep(for: .milliseconds(5))
      }
      return false
    }
  }

  private let far = Far()

  private var behind: InProcessTransport {
    let far = far
    return InProcessTransport(
      router: Router(services: [
        Service(handlers: [
          MethodHandler(
            Self.unary,
            .unary { request, call in
              try await far.serve(call)
              return request
            }),
          MethodHandler(Self.stream, .streaming { _, _, call in try await far.serve(call) }),
        ])
      ]))
  }

  /// A service whose handlers, of both forms, call the one behind in both forms.
  private func front(_ interceptors: [any ServerInterceptor]) -> InProcessTransport {
    let behind = behind
    @Sendable func callOn(_ call: ServerCall) async throws {
      let metadata = call.requestMetadata
      let options = CallOptions(timeout: .seconds(1000))
      _ = try await behind.unary(Self.unary, request: [], metadata: metadata, options: options)
      let stream = behind.open(Self.stream, request: nil, metadata: metadata, options: options)
      _ = try await stream.next()
    }
    let handlers = [
      MethodHandler(
        Self.unary,
        .unary { request, call in
          try await callOn(call)
          return request
        }),
      MethodHandler(Self.stream, .streaming { _, _, call in try await callOn(call) }),
    ]
    return InProcessTransport(
      router: Router(services: [Service(handlers: handlers)], interceptors: interceptors))
  }

  @Test("a handler's calls of both forms end with its own, of either form")
  func deadlineGoesDown() async throws {
    let front = front([DeadlinePropagation()])
    let deadline = Deadline(.seconds(100), after: .now)
    _ = try await front.unary(
      Self.unary, request: [], metadata: [:], options: CallOptions(deadline: deadline))
    let stream = front.open(
      Self.stream, request: nil, metadata: [:], options: CallOptions(deadline: deadline))
    #expect(try await stream.next() == nil)
    #expect(far.seen.withLock { $0.deadlines } == [deadline, deadline, deadline, deadline])
  }

  @Test("without the interceptor, or without a deadline, a handler's calls have their own")
  func ownDeadline() async throws {
    let soon = Deadline(.seconds(100), after: .now)
    for (interceptors, deadline) in [([], soon), ([DeadlinePropagation()], nil)]
      as [([any ServerInterceptor], Deadline?)]
    {
      _ = try await front(interceptors).unary(
        Self.unary, request: [], metadata: [:], options: CallOptions(deadline: deadline))
    }
    let seen = far.seen.withLock { $0.deadlines }
    #expect(seen.count == 4)
    for deadline in seen { #expect(try #require(deadline) > soon) }
  }

  @Test("a call that misses its deadline ends the one that its handler has made")
  func missedDeadline() async throws {
    let front = front([DeadlinePropagation()])
    await #expect(throws: RPCError(.deadlineExceeded, "the deadline passed")) {
      _ = try await front.unary(
        Self.unary, request: [], metadata: ["x-waits": ""],
        options: CallOptions(timeout: .milliseconds(300)))
    }
    #expect(try await far.eventually { $0.deadlines.isEmpty || $0.isCancelled })
  }

  @Test(
    "a caller that stops waiting cancels what the handler waits for, through both",
    arguments: [true, false])
  func cancellation(isUnary: Bool) async throws {
    let front = front([DeadlinePropagation()])
    let caller = Task {
      if isUnary {
        _ = try await front.unary(
          Self.unary, request: [], metadata: ["x-waits": ""], options: CallOptions())
      } else {
        let stream = front.open(
          Self.stream, request: nil, metadata: ["x-waits": ""], options: CallOptions())
        _ = try await stream.next()
      }
    }
    #expect(try await far.eventually { !$0.deadlines.isEmpty })
    caller.cancel()
    await #expect(throws: RPCError(.cancelled, "the call was cancelled")) {
      try await caller.value
    }
    #expect(try await far.eventually { $0.isCancelled })
  }
}
