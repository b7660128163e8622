public import RPCCore
internal import Synchronization

/// The server's side of the suite: what a transport under test must serve.
public final class CallWorld: Sendable {
  /// The largest message and the largest metadata that the transport is to let through.
  public static let limits: CallLimits = {
    var limits = CallLimits()
    limits.messageByteCountMax = 1 << 20
    return limits
  }()

  let seen = Mutex(Seen())

  struct Seen: Sendable {
    /// Handlers that wait, by the first byte of their request, and how each came to its end.
    var started: Set<UInt8> = []
    var cancelled: Set<UInt8> = []
    var ended: Set<UInt8> = []
    /// Whether handlers that are deaf to cancellation may end.
    var isReleased = false
    var deadline: Deadline?
    var metadata = Metadata()
    var peer: PeerIdentity?
    /// Messages that handlers of streams have got rid of, by the number of their call.
    var writtenCounts: [UInt8: Int] = [:]
  }

  /// A fresh world; nothing has been called in it.
  public init() {}

  /// What there is to call.
  public var router: Router {
    Router(
      services: [Service(world: self), StreamService(world: self)],
      interceptors: [Marking(mark: "outer"), Marking(mark: "inner")])
  }

  var lastSeen: Seen { seen.withLock { $0 } }

  /// Lets the handlers end that are deaf to cancellation.
  func release() { seen.withLock { $0.isReleased = true } }

  static func method(_ name: String) -> MethodDescriptor {
    MethodDescriptor(service: Service.serviceName, method: name, kind: .unary)
  }

  /// Notes its name in the trailers on the way in.
  private struct Marking: ServerInterceptor {
    let mark: String

    func intercept(
      request: [UInt8], call: ServerCall, next: MethodHandler.Unary
    ) async throws -> [UInt8] {
      try call.trailingMetadata.append("mark", mark)
      return try await next(request, call)
    }

    func intercept(
      requests: RawRequests, responses: RawResponses, call: ServerCall,
      next: MethodHandler.Streaming
    ) async throws {
      try call.trailingMetadata.append("mark", mark)
      try await next(requests, responses, call)
    }
  }

  private struct Service: RPCService {
    static let serviceName = "suite.v1.Calls"

    let world: CallWorld

    func methods() -> [MethodHandler] {
      [
        unary("Echo", echo), unary("Grow", grow), unary("Fail", fail), unary("Leak", leak),
        unary("ThrowOK", throwOK), unary("Boast", boast), unary("Sleep", sleep),
        unary("SleepDeaf", sleepDeaf), unary("Wander", wander),
        .unimplemented(CallWorld.method("Later")),
      ]
    }

    private func unary(
      _ name: String, _ body: @escaping @Sendable ([UInt8], ServerCall) async throws -> [UInt8]
    ) -> MethodHandler {
      MethodHandler(CallWorld.method(name), .unary(body))
    }

    /// Gives the request back, and its metadata in the head and in the trailers.
    private func echo(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      world.seen.withLock {
        $0.metadata = call.requestMetadata
        $0.deadline = call.deadline
        $0.peer = call.peer
      }
      for field in call.requestMetadata where field.name.hasPrefix("x-head") {
        try call.responseMetadata.append(field.name, field.value)
      }
      for field in call.requestMetadata where field.name.hasPrefix("x-tail") {
        try call.trailingMetadata.append(field.name, field.value)
      }
      return request
    }

    /// Gives the request back from another executor than the transport's.
    private func wander(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      try await withTaskExecutorPreference(globalConcurrentExecutor) {
        try await Task.sleep(for: .microseconds(50))
        return request
      }
    }

    /// A response of as many bytes as the request's text says.
    private func grow(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      let count = Int(String(decoding: request, as: UTF8.self)) ?? 0
      return [UInt8](repeating: 0x2A, count: count)
    }

    /// Fails with the code in the first byte and the text in the rest.
    private func fail(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      try call.responseMetadata.append("x-head", "1")
      throw RPCError(
        StatusCode(rawValue: Int(request.first ?? 2)),
        String(decoding: request.dropFirst(), as: UTF8.self), details: [0, 1, 0xFF],
        metadata: ["x-error": "2"])
    }

    private func leak(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      struct Secret: Error {}
      throw Secret()
    }

    private func throwOK(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      throw RPCError(.ok, "")
    }

    /// Has more in its trailers than a client takes, and fails if it was given anything.
    private func boast(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      let long = String(repeating: "a", count: CallWorld.limits.headerListByteCountMax)
      try call.trailingMetadata.append("x-long", long)
      if !request.isEmpty { throw RPCError(.aborted, "") }
      return request
    }

    /// How long a handler waits for what a case owes it, so that none stays for good.
    private static let waitMax = Duration.seconds(60)

    /// Waits to be cancelled.
    private func sleep(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      let number = request.first ?? 0
      world.seen.withLock { _ = $0.started.insert(number) }
      do {
        try await Task.sleep(for: Self.waitMax)
      } catch {
        world.seen.withLock { _ = $0.cancelled.insert(number) }
        throw error
      }
      world.seen.withLock { _ = $0.ended.insert(number) }
      return request
    }

    /// Goes on until the case releases it, cancelled or not, as a handler may that is busy.
    private func sleepDeaf(_ request: [UInt8], _ call: ServerCall) async throws -> [UInt8] {
      let number = request.first ?? 0
      world.seen.withLock { _ = $0.started.insert(number) }
      let world = world
      await Task.detached {
        let end = ContinuousClock.now + Self.waitMax
        while !world.lastSeen.isReleased, ContinuousClock.now < end {
          try? await Task.sleep(for: .milliseconds(5))
        }
      }.value
      world.seen.withLock { _ = $0.ended.insert(number) }
      return request
    }
  }
}
