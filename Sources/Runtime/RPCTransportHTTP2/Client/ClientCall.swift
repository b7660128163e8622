internal import HTTP2
internal import NIOCore
internal import RPCCore
internal import RPCPolicy
internal import RPCWire
internal import Synchronization

/// One call of a client, from the moment it is asked for until its caller has everything.
///
/// It owns what a caller sees: requests, deadline, responses and the end. What a server sees are its attempts.
/// As a timer it is its own deadline. `@unchecked Sendable`: made anywhere, then touched on its channel's loop only,
/// except for what says otherwise.
final class ClientCall: WheelTimer, @unchecked Sendable {
  let method: MethodDescriptor
  let metadata: Metadata
  let options: CallOptions
  let channel: ChannelCore
  /// The only address it may go to: for calls that ask about one.
  let pinned: Subchannel?

  /// When its caller stops waiting; nil for never.
  var deadline: Deadline?
  var waitsForReady = false
  /// Its channel counts it, until its end.
  var isCounted = false
  var responseByteCountMax: Int
  var requestByteCountMax = Int.max
  /// How requests are compressed that say that they are.
  var encoding = MessageEncoding.identity
  var compressesByDefault = false

  // SAFETY: as that of the machine below.
  @safe @exclusivity(unchecked) var requests = RequestBuffer()
  // SAFETY: on the loop only, and its methods call nobody who might come back here.
  @safe @exclusivity(unchecked) var plan = AttemptMachine(execution: .once)
  /// All that have begun; most calls have one.
  private var attempts = FewElements<ClientAttempt>()
  /// The attempt whose answer the caller gets.
  var chosen: ClientAttempt?
  /// How the call has ended.
  private(set) var result: Result<Metadata, RPCError>?
  /// Whether it has. To look at the result itself copies it.
  private(set) var hasEnded = false
  private var retryAlarm: Alarm?

  /// Where the caller of a unary call waits.
  private var caller: UnaryCaller?
  /// Where the caller of a call with a stream waits.
  var waiters: CallWaiters?
  /// Whether the call is over, for whoever is not on the loop.
  let isOver = Atomic(false)
  /// Whether the response taken last came compressed, for whoever is not on the loop.
  let tookCompressed = Atomic(false)
  /// The trailers, for whoever is not on the loop.
  let trailers = Mutex(Metadata())

  init(
    method: MethodDescriptor, metadata: Metadata, options: CallOptions, channel: ChannelCore,
    deadline: Deadline?, pinned: Subchannel? = nil
  ) {
    self.method = method
    self.metadata = metadata
    self.options = options
    self.channel = channel
    self.deadline = deadline
    self.pinned = pinned
    responseByteCountMax = options.maxResponseBytes ?? channel.configuration.maxResponseBytes
  }

  // MARK: Beginning

  /// Begins the call as the service config has it; called on the loop, once.
  ///
  /// - Parameter request: the only one; nil when they are written one by one
  func begin(_ config: MethodConfig, _ request: [UInt8]?) {
    if let timeout = config.timeout {
      let configured = Deadline(timeout, after: .now)
      deadline = deadline.map { min($0, configured) } ?? configured
    }
    waitsForReady = options.waitsForReady ?? config.waitForReady ?? false
    responseByteCountMax = min(
      responseByteCountMax, config.maxResponseMessageBytes ?? responseByteCountMax)
    requestByteCountMax = min(
      options.maxRequestBytes ?? .max, config.maxRequestMessageBytes ?? .max)
    compressesByDefault = options.compressesRequests ?? channel.configuration.compressesRequests
    if compressesByDefault { encoding = channel.configuration.requestEncoding.encoding }
    let metadataMax = channel.configuration.limits.sentHeaderBlockByteCountMax - 8192
    if !metadata.isEmpty, metadata.listByteCount > metadataMax {
      return end(RPCError(.resourceExhausted, "the request's metadata is over the limit"))
    }
    if let deadline {
      if deadline.hasPassed(at: .now) { return end(.deadlinePassed("")) }
      channel.timers.set(self, at: deadline.instant)
    }
    if let request {
      do throws(RPCError) {
        try append(request, compressed: nil)
      } catch {
        return end(error)
      }
      requests.end()
    }
    if config.execution != .once { plan = AttemptMachine(execution: config.execution) }
    apply(plan.begin(using: &channel.random))
    keepWithinLimit()
  }

  /// The deadline has passed.
  override func fire() {
    let last = attempts.last
    let place = last?.stream == nil ? channel.placeOfWait(of: last) : ""
    end(.deadlinePassed(place), counted: .deadlineExceeded) { $0.deadlinePassed() }
  }

  /// The caller no longer wants the answer.
  func cancelled() { end(.cancelled) { $0.cancelled() } }

  // MARK: Requests

  /// Adds a request, or says what is wrong with it.
  func append(_ message: [UInt8], compressed: Bool?) throws(RPCError) {
    if message.count > requestByteCountMax {
      throw RPCError(
        .resourceExhausted,
        "the request has \(message.count) bytes, the limit is \(requestByteCountMax)")
    }
    var outgoing = RequestBuffer.Message(bytes: message, isCompressed: false)
    if encoding != .identity, compressed ?? compressesByDefault {
      let smaller = channel.executor.compression.compress(message.span, as: encoding)
      if smaller.count < message.count {
        outgoing = RequestBuffer.Message(bytes: smaller, isCompressed: true)
      }
    }
    requests.append(outgoing)
  }

  /// Hands on what was written.
  func sendRequests() {
    for attempt in attempts { attempt.sendRequests() }
    keepWithinLimit()
  }

  /// What is kept for another attempt has its limit, and what nobody needs is not kept.
  private func keepWithinLimit() {
    if requests.byteCount > channel.configuration.replayByteCountMax {
      apply(plan.bufferOverflowed())
    }
    dropSent()
  }

  /// Forgets requests that no attempt can need again.
  private func dropSent() {
    // The answer to a unary call follows its head, and its end then drops everything.
    guard method.kind != .unary, plan.isCommitted, let attempt = sending else { return }
    requests.drop(before: attempt.sentCount)
  }

  /// The attempt whose stream takes what is written; of several the one begun last.
  var sending: ClientAttempt? {
    if let chosen { return chosen.stream == nil ? nil : chosen }
    return attempts.last { $0.stream != nil && !$0.machine.isFinished }
  }

  // MARK: Attempts

  /// A server answers: there will be no other attempt.
  func headCame(of attempt: ClientAttempt) {
    commit(attempt)
    waiters?.head.wake()
  }

  func responseCame(of attempt: ClientAttempt) { waiters?.reader.wake() }

  private func commit(_ attempt: ClientAttempt) {
    guard chosen == nil else { return }
    chosen = attempt
    apply(plan.attemptCommitted(attempt.number))
    dropSent()
    // It may have waited for room on another.
    waiters?.writer.wake()
  }

  /// An attempt has come to its end.
  func attemptEnded(_ attempt: ClientAttempt, _ outcome: ClientOutcome) {
    guard !hasEnded else { return }
    let isChosen = chosen === attempt
    // What became of it is nobody's business any more but the throttle's.
    if isChosen, channel.throttle == nil { return finish(outcome.result) }
    var code = StatusCode.ok
    var pushback = Pushback.none
    if case .failure(let error) = outcome.result {
      code = error.code
      if !error.metadata.isEmpty {
        pushback = Pushback(metadataValue: error.metadata["grpc-retry-pushback-ms"])
      }
    }
    let action = plan.attemptEnded(
      attempt.number, code: code, pushback: pushback, wasProcessed: WasProcessed(outcome.seen),
      allowsRetries: channel.throttle?.allowsRetryOfFailure ?? true, using: &channel.random)
    guard isChosen else { return apply(action) }
    channel.note(action.throttle)
    finish(outcome.result)
  }

  private func apply(_ action: AttemptAction) {
    channel.note(action.throttle)
    for number in action.cancel where attempts.indices.contains(number) {
      attempts[number].abandon { $0.cancelled() }
    }
    if let number = action.finish, attempts.indices.contains(number) {
      chosen = attempts[number]
      if let outcome = attempts[number].outcome { return finish(outcome.result) }
    }
    if action.cancelTimer { retryAlarm.map { channel.timers.clear($0) } }
    if let wait = action.timer { setRetryAlarm(wait) }
    if let launch = action.launch { self.launch(launch) }
  }

  private func setRetryAlarm(_ wait: Duration) {
    let alarm = retryAlarm ?? Alarm { [weak self] in self?.retryDue() }
    retryAlarm = alarm
    channel.timers.set(alarm, in: wait)
  }

  private func retryDue() {
    apply(
      plan.timerFired(
        allowsRetries: channel.throttle?.allowsRetries ?? true, using: &channel.random))
  }

  private func launch(_ launch: AttemptAction.Launch) {
    let attempt = ClientAttempt(
      call: self, number: launch.attempt, previousCount: launch.previousAttempts)
    attempts.append(attempt)
    // Not at once: a connection may be in the middle of telling its calls that they are over.
    if launch.attempt == 0 {
      channel.place(attempt)
    } else {
      channel.eventLoop.execute { [self] in if !hasEnded { channel.place(attempt) } }
    }
  }

  // MARK: The end

  /// Ends the call for its caller, whatever its attempts do.
  ///
  /// - Parameter code: what it says of the servers that were asked; nil when it is not their doing
  func end(
    _ error: RPCError, counted code: StatusCode? = nil,
    _ event: (inout ClientStreamMachine) -> OnResponse = { $0.cancelled() }
  ) {
    guard !hasEnded else { return }
    for attempt in attempts { attempt.abandon(counted: code, event) }
    apply(plan.ended())
    finish(.failure(error))
  }

  private func finish(_ result: Result<Metadata, RPCError>) {
    guard !hasEnded else { return }
    hasEnded = true
    self.result = result
    channel.timers.clear(self)
    retryAlarm.map { channel.timers.clear($0) }
    retryAlarm = nil
    requests = RequestBuffer()
    for attempt in attempts { attempt.forgetCall() }
    attempts = FewElements()
    if case .success(let metadata) = result, !metadata.isEmpty {
      trailers.withLock { $0 = metadata }
    }
    isOver.store(true, ordering: .releasing)
    answer()
    waiters?.wakeAll()
    // One that was cancelled before it came to its loop was never counted.
    if isCounted { channel.callEnded() }
  }

  private func answer() {
    guard let caller else { return }
    self.caller = nil
    caller.resume(returning: answered())
  }

  private func answered() -> Result<RawResponse, RPCError> {
    switch result {
    case .failure(let error): return .failure(error)
    case nil: return .failure(.cancelled)
    case .success(let trailers):
      guard let chosen, case .message(let message) = chosen.machine.take() else {
        return .failure(RPCError(.internal, "a call ended without its response"))
      }
      do throws(RPCError) {
        return .success(
          RawResponse(
            message: try decoded(message, of: chosen), metadata: chosen.machine.metadata,
            trailingMetadata: trailers, wasCompressed: message.isCompressed))
      } catch {
        return .failure(error)
      }
    }
  }

  /// The bytes of a response, decompressed within the limit (Q19, Q21).
  func decoded(_ message: InboundMessage, of attempt: ClientAttempt) throws(RPCError) -> [UInt8] {
    guard message.isCompressed else { return message.bytes }
    return try channel.executor.compression.decompressResponse(
      message.bytes.span, from: attempt.machine.encoding, byteCountMax: responseByteCountMax)
  }

  /// Who asks for the answer of a unary call; it may be there already.
  func await(_ caller: UnaryCaller) {
    if !hasEnded { self.caller = caller } else { caller.resume(returning: answered()) }
  }
}

extension WasProcessed {
  init(_ seen: SeenByServer) {
    switch seen {
    case .maybe: self = .maybe
    case .notProcessed: self = .notProcessed
    case .neverLeft: self = .neverLeft
    }
  }
}

extension RPCError {
  static let cancelled = RPCError(.cancelled, "the call was cancelled")

  static func deadlinePassed(_ place: String) -> RPCError {
    RPCError(.deadlineExceeded, "the deadline passed\(place)")
  }
}
