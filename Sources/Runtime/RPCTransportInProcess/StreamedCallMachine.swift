internal import RPCCore

/// A call with a stream on at least one side, between a client and a handler in the same process.
///
///     preparing ──admitted──▶ collecting ──one request and no more──▶ handling ──answer──▶ ended
///         │          └──where there are many requests──────────────────▲  │                 ▲
///         └──fault, deadline, cancellation───────────────────────────────┴──────────────────┘
///
/// - `preparing`: credentials are being made, and nothing has left the client.
/// - `collecting`: the method has one request, which is not complete.
/// - `handling`: the handler runs.
/// - `ended`: it is known how the call ended; responses that came before may still be taken.
///
/// Wrong moves, by blame. The client's and the handler's: each is refused with a status, or ends the call with it.
/// Nobody's: whatever comes after the end, ignored.
struct StreamedCallMachine: ~Copyable {
  /// How large and how many things may be.
  struct Limits: Sendable {
    /// Messages that wait for their taker on either side; whoever writes more waits.
    static let waitingCountMax = 4

    /// The largest request the client wants sent, in bytes; nil for any.
    var requestByteCountMax: Int?
    /// The largest response the client wants to take, in bytes.
    var responseByteCountMax: Int
    /// What the server takes, and what metadata either side takes.
    var calls: CallLimits
  }

  private enum State {
    case preparing
    case collecting
    case handling
    case ended(Result<Metadata, RPCError>)
  }

  private enum RequestEnd {
    case open
    case finished
    /// What is wrong behind the requests that wait.
    case faulty(RPCError)
  }

  private let kind: CallKind
  private let limits: Limits
  private var state = State.preparing
  private var requests: [[UInt8]] = []
  private var requestEnd = RequestEnd.open
  private var responses: [[UInt8]] = []
  private var responseCount = 0
  private var head: Metadata?
  private var isReadToEnd = false

  /// A call that the client has just begun.
  ///
  /// - Parameter kind: the method's as its server has it
  init(kind: CallKind, limits: Limits) {
    self.kind = kind
    self.limits = limits
  }

  /// Whether it is known how the call ended.
  var hasEnded: Bool {
    if case .ended = state { return true }
    return false
  }

  /// The trailers of a call whose end has been read; empty before, and for one that failed.
  var readTrailers: Metadata {
    guard isReadToEnd, case .ended(.success(let trailers)) = state else { return [:] }
    return trailers
  }
}

// MARK: The client's side

extension StreamedCallMachine {
  /// The client's metadata is there, and the server has the method.
  mutating func admitted() -> OnEvent {
    guard case .preparing = state else { return .nothing }
    if kind.hasOneRequest, case .open = requestEnd {
      state = .collecting
      return .nothing
    }
    return dispatch()
  }

  /// The client writes.
  ///
  /// - Throws: why the request was not taken
  mutating func write(_ message: [UInt8]) throws(RPCError) -> OnEvent {
    if case .ended(let end) = state { throw end.error ?? .takesNoMore }
    switch requestEnd {
    case .open: break
    case .finished: throw RPCError(.internal, "a request was written after the last")
    case .faulty(let error): throw error
    }
    if let most = limits.requestByteCountMax, message.count > most {
      throw RPCError(.resourceExhausted, "the request is larger than the call's limit")
    }
    if message.count > limits.calls.messageByteCountMax {
      return broken(RPCError(.resourceExhausted, "the request is larger than the limit"))
    }
    if kind.hasOneRequest, !requests.isEmpty { return broken(.tooManyRequests) }
    requests.append(message)
    return .requestCame
  }

  /// Whether the client need not wait: there is room, or the call has ended with OK. Then the last request was taken in
  /// time, and the next one is refused.
  ///
  /// - Throws: the status of a call that has failed
  func hasRoomForRequest() throws(RPCError) -> Bool {
    if case .ended(.failure(let error)) = state { throw error }
    return requests.count < Limits.waitingCountMax
  }

  /// The client has no more requests.
  mutating func finish() -> OnEvent {
    guard case .open = requestEnd else { return .nothing }
    requestEnd = .finished
    if case .collecting = state { return dispatch() }
    return .requestCame
  }

  /// The next response, for the client.
  mutating func takeResponse() -> (taken: OnTake, OnEvent) {
    if !responses.isEmpty { return (.message(responses.removeFirst()), .responseTaken) }
    guard case .ended(let end) = state else { return (.wait, .nothing) }
    if let error = end.error { return (.failed(error), .nothing) }
    isReadToEnd = true
    return (.end, .nothing)
  }

  /// The response headers, nil as long as nobody knows them.
  ///
  /// - Throws: the status of a call that failed without
  func knownHead() throws(RPCError) -> Metadata? {
    if let head { return head }
    guard case .ended(let end) = state else { return nil }
    if let error = end.error { throw error }
    return [:]
  }

  /// The caller wants nothing more.
  mutating func cancel() -> OnEvent {
    let end = end(.failure(RPCError(.cancelled, "the call was cancelled")))
    if end == .ended { responses = [] }
    return end
  }

  /// The call cannot go on: its time is over, or it was not admitted.
  mutating func fail(_ error: RPCError) -> OnEvent { end(.failure(error)) }
}

// MARK: The handler's side

extension StreamedCallMachine {
  /// The next request, for the handler.
  mutating func takeRequest() -> (taken: OnTake, OnEvent) {
    guard case .handling = state else { return (.over, .nothing) }
    if !requests.isEmpty { return (.message(requests.removeFirst()), .requestTaken) }
    switch requestEnd {
    case .open: return (.wait, .nothing)
    case .finished: return (.end, .nothing)
    case .faulty(let error): return (.failed(error), end(.failure(error)))
    }
  }

  /// The handler sends the response headers; nothing the second time.
  ///
  /// - Throws: `CancellationError` when the call is over
  mutating func send(head: @autoclosure () -> Metadata) throws -> OnEvent {
    guard case .handling = state else { throw CancellationError() }
    if self.head != nil { return .nothing }
    let head = head()
    if limits.calls.areExceeded(by: head) { return end(.failure(.responseMetadataOverLimit)) }
    self.head = head
    return .headCame
  }

  /// The handler writes.
  ///
  /// - Throws: `CancellationError` when the call is over; INTERNAL when the method has one response, and it was sent
  mutating func respond(_ message: [UInt8]) throws -> OnEvent {
    guard case .handling = state else { throw CancellationError() }
    if kind.hasOneResponse, responseCount > 0 {
      throw RPCError(.internal, "the method has one response, there was another")
    }
    if message.count > limits.responseByteCountMax {
      return end(
        .failure(RPCError(.resourceExhausted, "the response is larger than the limit")))
    }
    responses.append(message)
    responseCount += 1
    return .responseCame
  }

  /// Whether the handler may write: true, or not yet.
  ///
  /// - Throws: `CancellationError` when the call is over
  func hasRoomForResponse() throws -> Bool {
    guard case .handling = state else { throw CancellationError() }
    return responses.count < Limits.waitingCountMax
  }

  /// The handler has returned, or thrown.
  ///
  /// - Parameters:
  ///   - error: what it threw, as its caller may know it
  ///   - outgoing: the metadata it leaves
  mutating func handlerEnded(
    _ error: RPCError?, outgoing: ServerCall.Outgoing
  ) -> OnEvent {
    let isWithoutResponse = error == nil && kind.hasOneResponse && responseCount == 0
    let error = isWithoutResponse ? RPCError.noResponse : error
    // A failure without a message before it has no head of its own: all travels within the trailers.
    var trailers: Metadata = [:]
    if head == nil, error != nil { trailers = outgoing.response }
    if head == nil, error == nil { head = outgoing.response }
    trailers.append(contentsOf: outgoing.trailing)
    if let error { trailers.append(contentsOf: error.metadata) }
    if limits.calls.areExceeded(by: trailers) { return end(.failure(.responseMetadataOverLimit)) }
    guard var error else { return end(.success(trailers)) }
    error.metadata = trailers
    return end(.failure(error))
  }
}

// MARK: Both

extension StreamedCallMachine {
  private mutating func dispatch() -> OnEvent {
    if kind.hasOneRequest {
      if case .faulty(let error) = requestEnd { return end(.failure(error)) }
      if requests.isEmpty { return end(.failure(.noRequest)) }
    }
    state = .handling
    return .startHandler
  }

  /// The requests are broken off behind those that wait: the client did send them, and they are taken first.
  private mutating func broken(_ error: RPCError) -> OnEvent {
    requestEnd = .faulty(error)
    switch state {
    case .preparing: return .nothing
    case .collecting: return end(.failure(error))
    case .handling: return requests.isEmpty ? end(.failure(error)) : .nothing
    case .ended: return .nothing
    }
  }

  private mutating func end(_ end: Result<Metadata, RPCError>) -> OnEvent {
    if hasEnded { return .nothing }
    state = .ended(end)
    requests = []
    return .ended
  }
}

extension Result where Failure == RPCError {
  fileprivate var error: RPCError? {
    if case .failure(let error) = self { return error }
    return nil
  }
}

extension RPCError {
  fileprivate static let takesNoMore = RPCError(
    .cancelled, "the call has ended and takes no more requests")
  fileprivate static let responseMetadataOverLimit = RPCError(
    .resourceExhausted, "the response's metadata is over the limit")
}
