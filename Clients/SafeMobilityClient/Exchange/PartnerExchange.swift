internal import Protobuf
public import RPCCore
internal import RPCPolicy
public import SafeMobilityAPI
internal import Synchronization

/// A partner's working stream: referrals come with their data, moves go, and neither waits for the other.
///
///     try await client.exchange(from: store.token) { exchange in
///       for try await event in exchange.events {
///         switch event {
///         case .begins: store.forgetWhatIsOpen()
///         case .work(let work):
///           try store.put(work)
///           exchange.acknowledge(work)
///         case .stored(let token): try store.keep(token)
///         }
///       }
///     }
///
/// Streams break: servers end, connections are lost. The exchange goes on by itself, after a pause, behind what was
/// acknowledged; work that comes again is told once, and a command without a result is made again with the same
/// `request_id`, so that it has one effect. Use it from any task; one reads ``events``.
public final class PartnerExchange: Sendable {
  private typealias Waiting =
    CheckedContinuation<Result<SafeMobility.ExchangeResult, RPCError>, Never>

  private struct State: ~Copyable {
    var machine: PartnerExchangeMachine
    /// What is to be told; the server sends no more than is not acknowledged.
    var events: [ExchangeEvent] = []
    var waiting: [Int: Waiting] = [:]
    var lastID = 0
    /// Rings when there is something to say on the present stream.
    var bell: AsyncStream<Void>.Continuation?
    /// Why there is nothing more.
    var failure: RPCError?
  }

  typealias Open =
    @Sendable () -> BidirectionalStreamingCall<
      SafeMobility.ExchangeRequest, SafeMobility.ExchangeResponse
    >

  private let state: Mutex<State>
  private let (news, newsBell) = AsyncStream.makeStream(
    of: Void.self, bufferingPolicy: .bufferingNewest(1))
  private let configuration: SafeMobilityClient.Configuration
  private let open: Open

  init(
    from resumeToken: String, inFlightMax: Int, configuration: SafeMobilityClient.Configuration,
    open: @escaping Open
  ) {
    self.configuration = configuration
    self.open = open
    var state = State(
      machine: PartnerExchangeMachine(
        from: resumeToken, inFlightMax: inFlightMax, backoff: configuration.watchBackoff))
    if resumeToken.isEmpty {
      state.events = [.begins]
      newsBell.yield()
    }
    self.state = Mutex(state)
  }

  // MARK: Work

  /// What the partner hears, as long as somebody reads and the exchange lasts. For one task.
  public var events: Events { Events(exchange: self) }

  /// The events of an exchange, one after the other.
  public struct Events: AsyncSequence, AsyncIteratorProtocol, Sendable {
    /// What is told.
    public typealias Element = ExchangeEvent
    /// How the exchange failed for good.
    public typealias Failure = RPCError

    fileprivate let exchange: PartnerExchange

    /// Reads on; there is one exchange, so two iterators share it.
    public func makeAsyncIterator() -> Events { self }

    /// The next event; nil when the task is cancelled or the exchange is over.
    public mutating func next() async throws(RPCError) -> ExchangeEvent? {
      try await exchange.nextEvent()
    }

    /// The next event; nil when the task is cancelled or the exchange is over.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCError) -> ExchangeEvent? {
      try await exchange.nextEvent()
    }
  }

  /// Says that work is stored and need not come again. Never fails, and waits for nothing: a later
  /// ``ExchangeEvent/stored(resumeToken:)`` has the token behind it.
  public func acknowledge(_ work: SafeMobility.ExchangeWork) {
    let bell = state.withLock { state in
      state.machine.store(WatchEventID(work.status))
      return state.bell
    }
    bell?.yield()
  }

  private func nextEvent() async throws(RPCError) -> ExchangeEvent? {
    while !Task.isCancelled {
      let (event, failure) = state.withLock { state in
        (state.events.isEmpty ? nil : state.events.removeFirst(), state.failure)
      }
      if let event { return event }
      if let failure {
        if failure.code == .cancelled { return nil }
        throw failure
      }
      // Its end comes after the failure was noted, and is looked for there.
      var bell = news.makeAsyncIterator()
      _ = await bell.next()
    }
    return nil
  }

  private func tell(_ event: ExchangeEvent) {
    state.withLock { state in
      // Of tokens the last one counts.
      if case .stored = event, case .stored? = state.events.last { state.events.removeLast() }
      state.events.append(event)
    }
    newsBell.yield()
  }

  // MARK: Commands

  /// Has a command done, once, and gives the referral after it.
  ///
  /// - Throws: what the unary call of its name throws; DEADLINE_EXCEEDED when there is no result within
  ///   ``SafeMobilityClient/Configuration/patience``, or the deadline of the task: then nobody knows whether it was done
  func perform(
    _ command: SafeMobility.ExchangeCommand
  ) async throws(RPCError) -> SafeMobility.Referral {
    let time = configuration.time
    let start = time.now()
    let end = min(
      Deadline.inherited ?? Deadline(configuration.patience, after: start),
      Deadline(configuration.patience, after: start))
    var repetition = RepetitionMachine(
      end: end, attemptTimeout: configuration.patience, backoff: configuration.backoff)
    while true {
      do {
        return try (await result(of: command, until: end)).referralAfter()
      } catch {
        var dice = time.dice
        guard configuration.repeatsCalls, state.withLock({ $0.failure == nil }),
          case .pause(let pause) = repetition.attemptFailed(error, at: time.now(), using: &dice)
        else { throw error }
        try await time.pause(pause)
      }
    }
  }

  /// A new `request_id`.
  func makeRequestID() -> String {
    var dice = configuration.time.dice
    return RequestID(using: &dice).text
  }

  private func result(
    of command: SafeMobility.ExchangeCommand, until end: Deadline
  ) async throws(RPCError) -> SafeMobility.ExchangeResult {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    let time = configuration.time
    let result = await withTaskGroup { group in
      group.addTask {
        // A sleep only ends early when the result is there.
        guard (try? await time.sleep(end.remaining(at: time.now()))) != nil else { return }
        self.finish(id, .failure(RPCError(.deadlineExceeded, "the command has no result yet")))
      }
      defer { group.cancelAll() }
      return await self.wait(for: command, id)
    }
    return try result.get()
  }

  private func wait(
    for command: SafeMobility.ExchangeCommand, _ id: Int
  ) async -> Result<SafeMobility.ExchangeResult, RPCError> {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in begin(command, id, continuation) }
    } onCancel: {
      finish(id, .failure(RPCError(.cancelled, "the call was cancelled")))
    }
  }

  private func begin(
    _ command: SafeMobility.ExchangeCommand, _ id: Int, _ continuation: Waiting
  ) {
    let (failure, bell) = state.withLock {
      state -> (RPCError?, AsyncStream<Void>.Continuation?) in
      // Asked with the lock held: a cancellation that comes later finds the command.
      let cancelled = Task.isCancelled ? RPCError(.cancelled, "the call was cancelled") : nil
      if let failure = state.failure ?? cancelled { return (failure, nil) }
      state.machine.command(command, id: id)
      state.waiting[id] = continuation
      return (nil, state.bell)
    }
    if let failure { return continuation.resume(returning: .failure(failure)) }
    bell?.yield()
  }

  private func finish(_ id: Int, _ result: Result<SafeMobility.ExchangeResult, RPCError>) {
    let continuation = state.withLock { state in
      state.machine.forget(command: id)
      return state.waiting.removeValue(forKey: id)
    }
    continuation?.resume(returning: result)
  }

  // MARK: Streams

  /// Keeps a stream open until the task is cancelled or going on would not help.
  func run() async {
    let failure = await keepOpen()
    let waiting = state.withLock { state in
      state.failure = failure
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume(returning: .failure(failure)) }
    newsBell.finish()
  }

  /// - Returns: why nothing more comes
  private func keepOpen() async -> RPCError {
    while true {
      let reaction = await stream()
      // Inherited deadlines end every stream of the task, so going on would never end.
      let isOver = Deadline.inherited?.hasPassed(at: configuration.time.now()) ?? false
      if Task.isCancelled { return RPCError(.cancelled, "the exchange is over") }
      switch reaction {
      case .success(let pause) where !isOver:
        guard (try? await configuration.time.sleep(pause)) != nil else {
          return RPCError(.cancelled, "the exchange is over")
        }
      case .success: return RPCError(.deadlineExceeded, "the deadline passed")
      case .failure(let error): return error
      }
    }
  }

  /// One stream from its hello to its end.
  ///
  /// - Returns: how long to pause before the next; why there is to be none
  private func stream() async -> Result<Duration, RPCError> {
    let call = open()
    defer { call.cancel() }
    let (bells, bell) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    state.withLock { state in
      state.machine.opened()
      state.bell = bell
    }
    bell.yield()
    return await withTaskGroup { group in
      group.addTask {
        for await _ in bells {
          while let request = self.state.withLock({ $0.machine.nextRequest() }) {
            // How the call has ended is told to the one who reads.
            do { try await call.write(request) } catch { return }
          }
        }
      }
      defer { group.cancelAll() }
      return await self.read(call)
    }
  }

  private func read(
    _ call: BidirectionalStreamingCall<
      SafeMobility.ExchangeRequest, SafeMobility.ExchangeResponse
    >
  ) async -> Result<Duration, RPCError> {
    var responses = call.makeAsyncIterator()
    var dice = configuration.time.dice
    do {
      while let response = try await responses.next() {
        let action = state.withLock {
          $0.machine.messageArrived(response.message, using: &dice)
        }
        switch action {
        case .tell(let event):
          tell(event)
          state.withLock { $0.bell }?.yield()
        case .finish(let id, let result):
          if let id { finish(id, .success(result)) }
        case .nothing:
          state.withLock { $0.bell }?.yield()
        case .leave(let pause): return .success(pause)
        case .startOver(let pause):
          tell(.begins)
          return .success(pause)
        }
      }
    } catch {
      return ended(error, using: &dice)
    }
    return ended(nil, using: &dice)
  }

  private func ended(
    _ error: RPCError?, using dice: inout TimeSource.Dice
  ) -> Result<Duration, RPCError> {
    switch state.withLock({ $0.machine.callEnded(error, using: &dice) }) {
    case .pause(let pause): return .success(pause)
    case .startOver(let pause):
      tell(.begins)
      return .success(pause)
    case .fail: return .failure(error ?? RPCError(.unknown, "the stream ended"))
    }
  }
}
