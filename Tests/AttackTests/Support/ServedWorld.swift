import Glibc
import RPCCore
import RPCTransportHTTP2
import Synchronization

/// A server within the test, for attacks whose handlers must be counted or whose limits must be other
/// ones than a real server's.
final class ServedWorld: Sendable {
  /// Methods of `attack.v1.World`, each after what its handler does.
  enum Method: String, CaseIterable {
    /// Gives the request back.
    case echo = "Echo"
    /// Waits to be cancelled.
    case sleep = "Sleep"
    /// Holds up its event loop until it is released.
    case hold = "Hold"
    /// Waits to be released, deaf to cancellation, as a handler may that is busy.
    case deaf = "Deaf"
    /// Reads no request, and waits to be cancelled.
    case ignore = "Ignore"
    /// Reads requests until they end.
    case read = "Read"
    /// Reads requests until they end, after four seconds.
    case late = "Late"
    /// Reads requests until they end, once it is released; then waits to be cancelled.
    case hoard = "Hoard"
    /// Writes 1,000 bytes again and again until it is cancelled.
    case write = "Write"
    /// Answers each request at once.
    case talk = "Talk"
    /// Give back what they get, for the honest client; these two are not counted.
    case honest = "Honest"
    case honestTalk = "HonestTalk"

    var path: String { "/\(ServedWorld.serviceName)/\(rawValue)" }
  }

  static let serviceName = "attack.v1.World"

  /// What handlers have done so far.
  struct Handlers: Sendable {
    var running = 0
    /// The same by method.
    var named: [String: Int] = [:]
    var peak = 0
    var started = 0
    /// When the last handler found itself cancelled.
    var lastCancelled: ContinuousClock.Instant?
    /// Messages the writing handlers have written, the reading ones have read.
    var writtenCount = 0
    var readCount = 0
    /// Those that hold something up, or are deaf, may end; those that hoard may read.
    var isReleased = false
  }

  /// What the observer was told.
  struct Told: Sendable {
    var started = 0
    var startedUnnamed = 0
    var ended: [StatusCode: Int] = [:]
    var opened = 0
    var closeReasons: [String] = []
  }

  private let state = Mutex((handlers: Handlers(), told: Told(), loopThread: Int32(0)))

  var handlers: Handlers { state.withLock { $0.handlers } }
  var told: Told { state.withLock { $0.told } }

  /// The system's number of the thread of the server's event loop, once a connection is open.
  var loopThread: Int32 { state.withLock { $0.loopThread } }
  fileprivate func noteLoopThread() {
    if loopThread == 0, let thread = ProcessMeasure.currentThread {
      state.withLock { $0.loopThread = thread }
    }
  }

  func release() { change { $0.isReleased = true } }

  fileprivate func change(_ body: (inout Handlers) -> Void) {
    state.withLock { body(&$0.handlers) }
  }

  fileprivate func tell(_ body: (inout Told) -> Void) { state.withLock { body(&$0.told) } }

  /// Runs `body` with a server of this world, and of other services; then stops it.
  func serve<Result: Sendable>(
    tls: TLSConfiguration? = nil, adding services: [any RPCService] = [],
    configure: (inout HTTP2Server.Configuration) -> Void = { _ in },
    _ body: @Sendable (Endpoint, Int, HTTP2Server) async throws -> Result
  ) async throws -> Result {
    let bound = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(
      listen: [.tcp(host: "127.0.0.1", port: 0)], tls: tls)
    configuration.eventLoopCount = 1
    configuration.shutdownGrace = .seconds(2)
    configuration.observer = WorldObserver(world: self)
    configure(&configuration)
    configuration.onListening = { bound.continuation.yield($0) }
    let server = HTTP2Server(
      configuration: configuration,
      router: Router(services: [WorldService(world: self)] + services))
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        try await server.run()
        return nil
      }
      for await address in bound.stream {
        defer { release() }
        guard case .tcp(_, let port) = address else { throw AttackFailure("no port: \(address)") }
        let result = try await body(address, port, server)
        release()
        server.shutdownGracefully()
        try await group.waitForAll()
        return result
      }
      throw CancellationError()
    }
  }
}

private struct WorldObserver: ServerObserver {
  let world: ServedWorld

  func callStarted(_ method: MethodDescriptor?) {
    world.tell {
      $0.started += 1
      if method == nil { $0.startedUnnamed += 1 }
    }
  }

  func callEnded(_ record: ServerCallRecord) {
    world.tell { $0.ended[record.code, default: 0] += 1 }
  }

  func connectionOpened(_ peer: PeerIdentity) {
    world.noteLoopThread()
    world.tell { $0.opened += 1 }
  }

  func connectionClosed(_ peer: PeerIdentity, reason: String) {
    world.tell { $0.closeReasons.append(reason) }
  }
}

private struct WorldService: RPCService {
  static let serviceName = ServedWorld.serviceName

  let world: ServedWorld

  func methods() -> [MethodHandler] {
    ServedWorld.Method.allCases.map { method in
      let descriptor = MethodDescriptor(
        service: Self.serviceName, method: method.rawValue, kind: method.kind)
      guard method.kind == .unary else {
        return MethodHandler(
          descriptor,
          .streaming { requests, responses, _ in
            try await world.counted(method) {
              try await world.stream(method, requests, responses)
            }
          })
      }
      return MethodHandler(
        descriptor,
        .unary { request, _ in
          try await world.counted(method) { try await world.answer(method, request) }
        })
    }
  }
}

extension ServedWorld.Method {
  fileprivate var kind: CallKind {
    switch self {
    case .echo, .sleep, .hold, .deaf, .honest: .unary
    case .ignore, .read, .late, .hoard: .clientStreaming
    case .write: .serverStreaming
    case .talk, .honestTalk: .bidirectionalStreaming
    }
  }
}

extension ServedWorld {
  /// How long a handler waits for what a test owes it, so that none stays for good.
  private static let waitMax = Duration.seconds(60)

  fileprivate func counted<Result: Sendable>(
    _ method: Method, _ body: () async throws -> Result
  ) async throws -> Result {
    if method == .honest || method == .honestTalk { return try await body() }
    change {
      $0.started += 1
      $0.named[method.rawValue, default: 0] += 1
      $0.running += 1
      $0.peak = max($0.peak, $0.running)
    }
    defer {
      let wasCancelled = Task.isCancelled
      change {
        $0.running -= 1
        $0.named[method.rawValue, default: 0] -= 1
        if wasCancelled { $0.lastCancelled = .now }
      }
    }
    return try await body()
  }

  fileprivate func answer(_ method: Method, _ request: [UInt8]) async throws -> [UInt8] {
    switch method {
    case .sleep:
      try await Task.sleep(for: Self.waitMax)
    case .hold:
      let end = ContinuousClock.now + Self.waitMax
      while !handlers.isReleased, ContinuousClock.now < end { usleep(1_000) }
    case .deaf:
      await Task.detached { [self] in
        let end = ContinuousClock.now + Self.waitMax
        while !handlers.isReleased, ContinuousClock.now < end {
          try? await Task.sleep(for: .milliseconds(20))
        }
      }.value
    default:
      break
    }
    return request
  }

  fileprivate func stream(
    _ method: Method, _ requests: RawRequests, _ responses: RawResponses
  ) async throws {
    switch method {
    case .ignore:
      try await Task.sleep(for: Self.waitMax)
    case .read, .late:
      if method == .late { try await Task.sleep(for: .seconds(4)) }
      for try await _ in requests { change { $0.readCount += 1 } }
      try await responses.write([])
    case .hoard:
      while !handlers.isReleased { try await Task.sleep(for: .milliseconds(5)) }
      for try await _ in requests { change { $0.readCount += 1 } }
      try await Task.sleep(for: Self.waitMax)
    case .write:
      let message = [UInt8](repeating: 7, count: 1_000)
      while true {
        try await responses.write(message)
        change { $0.writtenCount += 1 }
      }
    default:
      for try await request in requests { try await responses.write(request) }
    }
  }
}
