public import Protobuf
public import RPCCore
public import SafeMobilityAPI

/// A call of WatchReferrals.
public typealias WatchedStream = WatchedCall<SafeMobility.WatchReferralsResponse>

extension WatchedStream {
  /// Begins to watch referrals.
  ///
  /// - Parameter heldBack: whether each response waits for a ``takeOne()``
  public convenience init(
    _ router: Router, _ caller: WorldCaller, token: String, registration: String = "",
    filter: String = "", heldBack: Bool = false
  ) throws {
    try self.init(
      router, caller, SafeMobility.ReferralServiceMethods.watchReferrals,
      SafeMobility.WatchReferralsRequest.with {
        $0.resumeToken = token
        $0.registration = registration
        $0.filter = filter
      }, heldBack: heldBack)
  }

  /// The next item that is no bookmark, which must be an event.
  public func nextEvent() async throws -> SafeMobility.ReferralEvent {
    while true {
      switch try await next()?.item {
      case .event(let event): return event
      case .bookmark: continue
      default: throw NoEvent()
      }
    }
  }

  /// Whether the stream tells nothing of all that has happened until now: the second bookmark from now on comes after
  /// a look at it.
  public func isSilent() async throws -> Bool {
    for _ in 0..<2 {
      guard case .bookmark = try await next()?.item else { return false }
    }
    return true
  }
}

/// A call that watches, made through its interceptors and handler as a transport would make it.
///
/// The responses can be held back, as those of a client that does not read.
public final class WatchedCall<Response: Message>: Sendable {
  private let responses: HeldResponses
  private let task: Task<Void, Never>

  /// Begins to watch.
  ///
  /// - Parameter heldBack: whether each response waits for a ``takeOne()``
  public init(
    _ router: Router, _ caller: WorldCaller, _ method: MethodDescriptor, _ request: some Message,
    heldBack: Bool = false
  ) throws {
    guard case .streaming(let body) = router.handler(forPath: method.path)?.invocation else {
      throw RPCError(.unimplemented, "\(method.path) does not stream")
    }
    let bytes = try request.serializedBytes()
    let call = ServerCall(
      method: method, requestMetadata: caller.metadata,
      peer: PeerIdentity(address: "test"), startedAt: .now)
    let responses = HeldResponses(isHeldBack: heldBack)
    self.responses = responses
    task = Task {
      do {
        try await body(RawRequests(of: bytes), RawResponses(responses), call)
        responses.end(nil)
      } catch {
        responses.end(error)
      }
    }
  }

  deinit { task.cancel() }

  /// The next item; nil when the stream has ended with OK.
  ///
  /// - Throws: what the call failed with
  public func next() async throws -> Response? {
    guard let bytes = try await responses.next() else { return nil }
    return try Response(serializedBytes: bytes)
  }

  /// Returns once the server has said that it watches.
  public func begun() async { await responses.headersSent() }

  /// Lets one response of those held back leave.
  public func takeOne() { responses.takeOne() }

  /// Goes away, and returns when the call is over.
  public func cancel() async {
    task.cancel()
    await task.value
  }
}

private struct NoEvent: Error {}

/// Responses that a test reads, and may hold back.
private final class HeldResponses: ResponseSink {
  private let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
  private let (permits, permit) = AsyncStream.makeStream(of: Void.self)
  private let (headers, header) = AsyncStream.makeStream(of: Void.self)
  private let isHeldBack: Bool

  init(isHeldBack: Bool) { self.isHeldBack = isHeldBack }

  func takeOne() { permit.yield() }

  func end(_ error: (any Error)?) {
    header.finish()
    continuation.finish(throwing: error)
  }

  func next() async throws -> [UInt8]? {
    var iterator = stream.makeAsyncIterator()
    return try await iterator.next()
  }

  func headersSent() async {
    var iterator = headers.makeAsyncIterator()
    _ = await iterator.next()
  }

  func sendHeaders() async throws { header.yield() }

  /// The message is with the reader at once; the writer goes on when there is room for another.
  func write(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) async throws {
    var message: [UInt8] = []
    try encode(&message)
    continuation.yield(message)
    guard isHeldBack else { return }
    var iterator = permits.makeAsyncIterator()
    _ = await iterator.next()
    try Task.checkCancellation()
  }
}
