internal import HTTP2
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RPCCore
internal import RPCWire

/// What an `HTTP2Channel` is on its event loop: a connection when there is one, and the calls that
/// wait for it.
///
///     idle ──call──▶ connecting ──▶ ready ──lost, GOAWAY──▶ idle
///                        └──failed──▶ pausing ──time over──▶ idle
///
/// Calls made while pausing fail at once, so that a caller learns that the server is not there
/// instead of waiting for it (gRPC's default without wait-for-ready).
///
/// `@unchecked Sendable`: touched on its event loop only.
final class ChannelCore: @unchecked Sendable {
  private enum State {
    case idle
    case connecting(ClientConnection)
    case ready(ClientConnection)
    case pausing(until: NIODeadline, RPCError)
    case closed
  }

  let eventLoop: any EventLoop
  private let connector: ClientConnector
  private let configuration: HTTP2Channel.Configuration
  private let timers: LoopTimers
  private var state = State.idle
  private var waiting: [ClientCall] = []
  private var failureCount = 0
  private var closing: EventLoopPromise<Void>?
  /// Connections that finish their calls while new calls go to another.
  private var draining: [ClientConnection] = []

  init(
    eventLoop: any EventLoop, connector: ClientConnector,
    configuration: HTTP2Channel.Configuration
  ) {
    self.eventLoop = eventLoop
    self.connector = connector
    self.configuration = configuration
    timers = LoopTimers(eventLoop: eventLoop)
  }

  // MARK: Calls

  /// Takes a call on.
  func submit(_ call: ClientCall) {
    guard !call.isFinished else { return }
    if call.hasExpired {
      return call.finish(.failure(RPCError(.deadlineExceeded, "the deadline passed")))
    }
    if let deadline = call.deadline {
      call.core = self
      timers.set(call, at: deadline.instant)
    }
    place(call)
  }

  /// The caller no longer wants the answer.
  func cancel(_ call: ClientCall) { end(call) { $0.cancelled() } }

  /// Nobody waits for the call any more.
  func deadlinePassed(_ call: ClientCall) { end(call) { $0.deadlinePassed() } }

  private func end(
    _ call: ClientCall, _ event: (inout ClientStreamMachine) -> OnResponse
  ) {
    let action = event(&call.machine)
    if let connection = call.connection {
      connection.act(call, action)
    } else if case .finish(let outcome) = action {
      finished(call, outcome)
    }
  }

  private func place(_ call: ClientCall) {
    switch state {
    case .ready(let connection):
      guard connection.hasRoom, waiting.isEmpty else { return waiting.append(call) }
      if !connection.send(call) { reconnect(for: call) }
    case .connecting:
      waiting.append(call)
    case .idle:
      waiting.append(call)
      connect()
    case .pausing(let until, let error):
      if NIODeadline.now() < until { return finish(call, .failure(error)) }
      state = .idle
      place(call)
    case .closed:
      finish(call, .failure(RPCError(.unavailable, "the channel is closed")))
    }
  }

  private func reconnect(for call: ClientCall) {
    if case .ready(let connection) = state { drained(connection) }
    waiting.append(call)
    if case .idle = state { connect() }
  }

  /// Sends what waits, as far as there is room.
  func sendWaiting() {
    guard case .ready(let connection) = state else { return }
    var sent = 0
    while sent < waiting.count, connection.hasRoom {
      let call = waiting[sent]
      if !call.isFinished, !connection.send(call) { break }
      sent += 1
    }
    waiting.removeFirst(sent)
  }

  /// A call's machine has its outcome.
  func finished(_ call: ClientCall, _ outcome: ClientOutcome) {
    if outcome.mayRetryTransparently, !call.isRetried, !call.isFinished, !call.hasExpired {
      call.prepareAgain()
      // Not at once: the connection is in the middle of telling its calls that they are over.
      eventLoop.execute { [self] in place(call) }
      return
    }
    finish(call, outcome.result)
  }

  private func finish(_ call: ClientCall, _ answer: ClientCall.Answer) {
    timers.clear(call)
    call.finish(answer)
    closeIfDone()
  }

  // MARK: Connections

  private func connect() {
    let connection = ClientConnection(
      head: connector.requestHead(configuration), limits: configuration.callLimits, owner: self)
    state = .connecting(connection)
    let attempt = connector.connect(connection, on: eventLoop, configuration)
    attempt.whenFailure { [self] error in failed(connection, Self.reason(error)) }
  }

  /// The connection is up, TLS included.
  func opened(_ connection: ClientConnection) {
    guard case .connecting(let expected) = state, expected === connection else { return }
    failureCount = 0
    state = .ready(connection)
    sendWaiting()
    closeIfDone()
  }

  /// The connection takes no more calls, but finishes those it has.
  func drained(_ connection: ClientConnection) {
    guard case .ready(let current) = state, current === connection else { return }
    draining.append(connection)
    state = .idle
    if !waiting.isEmpty { connect() }
  }

  /// The connection is gone.
  func closed(_ connection: ClientConnection, reason: String) {
    draining.removeAll { $0 === connection }
    switch state {
    case .ready(let current) where current === connection:
      state = .idle
      if closing == nil, waiting.contains(where: { !$0.isFinished }) { connect() }
    case .connecting(let current) where current === connection:
      failed(connection, reason)
    case .ready, .connecting, .idle, .pausing, .closed:
      break
    }
    closeIfDone()
  }

  /// What kept a connection from being made, without the library's own wrapping.
  private static func reason(_ error: any Error) -> String {
    guard let error = error as? NIOConnectionError else { return "\(error)" }
    let attempts = error.connectionErrors.map { "\($0.error)" }
    let lookups = [error.dnsAError, error.dnsAAAAError].compactMap { $0.map { "\($0)" } }
    return Set(attempts.isEmpty ? lookups : attempts).sorted().joined(separator: "; ")
  }

  private func failed(_ connection: ClientConnection, _ reason: String) {
    guard case .connecting(let current) = state, current === connection else { return }
    let error = RPCError(.unavailable, "cannot connect to \(connector.target): \(reason)")
    configuration.logger.debug("\(error)")
    state = .pausing(until: .now() + pause(), error)
    failureCount += 1
    let failed = waiting
    waiting = []
    for call in failed { finish(call, .failure(error)) }
    closeIfDone()
  }

  /// The pause after a failed attempt: grows, up to a ceiling, and is never quite the same (C6).
  private func pause() -> TimeAmount {
    let ceiling = TimeAmount(configuration.backoffMax).nanoseconds
    var nanoseconds = Double(TimeAmount(configuration.backoffInitial).nanoseconds)
    for _ in 0..<min(failureCount, 64) where nanoseconds < Double(ceiling) {
      nanoseconds *= configuration.backoffMultiplier
    }
    return .nanoseconds(
      Int64(min(nanoseconds, Double(ceiling)) * Double.random(in: 0.8...1.2)))
  }

  // MARK: The end

  /// Takes no new calls; the promise is kept when the last call has ended and the connection is
  /// closed.
  func close(_ promise: EventLoopPromise<Void>) {
    if let closing { return closing.futureResult.cascade(to: promise) }
    closing = promise
    closeIfDone()
  }

  private func closeIfDone() {
    guard let closing, !waiting.contains(where: { !$0.isFinished }), draining.isEmpty else {
      return
    }
    switch state {
    case .ready(let connection):
      connection.close()
    case .connecting:
      break
    case .idle, .pausing:
      state = .closed
      closing.succeed()
    case .closed:
      break
    }
  }
}
