public import RPCCore

/// The attempts of one call: when each starts, which are given up, and whose outcome is the caller's.
///
///     ready ──begin──▶ one by one ──outcome, ended──▶ finished
///                └───▶ hedged ─────outcome, ended──▶ finished
///
/// - `ready`: nothing has been sent.
/// - `one by one`: one attempt runs, or the delay before the next; see `SequentialAttempts`.
/// - `hedged`: several may run at once; see `HedgedAttempts`.
/// - `finished`: the caller has an outcome, or wants none.
///
/// A call is *committed* when no other attempt may take its place: a server has answered, or what was
/// sent is no longer kept.
///
/// Wrong moves, by blame. Ours: `begin` twice stops the program. Nobody's: the end or the commitment of an
/// attempt that was given up, a timer that fires after it was stopped, and whatever comes after the
/// end; all are ignored, because cancellation and events cross.
///
/// Source: gRFC A6. For one call without retries no event allocates. Belongs to whoever runs the call.
public struct AttemptMachine: ~Copyable, Sendable {
  private enum State: ~Copyable, Sendable {
    case ready
    case oneByOne(SequentialAttempts)
    case hedged(HedgedAttempts)
    case finished

    /// Takes the state out. What stays behind is `finished`; whoever goes on puts it back.
    mutating func take() -> State {
      var taken = State.finished
      swap(&taken, &self)
      return taken
    }
  }

  private var state = State.ready
  private let execution: Execution
  private let attemptCountMax: Int

  /// - Parameters:
  ///   - execution: how often the call is made
  ///   - attemptCountMax: the most attempts, whatever the policy says; at least 1
  public init(execution: Execution, attemptCountMax: Int = 5) {
    precondition(attemptCountMax >= 1, "a call has an attempt")
    self.execution = execution
    self.attemptCountMax = attemptCountMax
  }

  /// The call begins.
  public mutating func begin(using random: inout some RandomNumberGenerator) -> AttemptAction {
    precondition(isReady, "a call begins once")
    switch execution {
    case .once:
      var attempts = SequentialAttempts(policy: nil, attemptCountMax: 1)
      let action = attempts.begin()
      state = .oneByOne(attempts)
      return action
    case .retry(let policy):
      var attempts = SequentialAttempts(policy: policy, attemptCountMax: attemptCountMax)
      let action = attempts.begin()
      state = .oneByOne(attempts)
      return action
    case .hedge(let policy):
      var attempts = HedgedAttempts(policy: policy, attemptCountMax: attemptCountMax)
      let action = attempts.begin()
      state = .hedged(attempts)
      return action
    }
  }

  /// An attempt has ended, with a server's status or one of our own making.
  ///
  /// - Parameters:
  ///   - attempt: its number, from `launch`
  ///   - code: how it ended
  ///   - pushback: what the server said of coming again
  ///   - wasProcessed: how far it came
  ///   - allowsRetries: ``RetryThrottle/allowsRetryOfFailure``; true without a throttle
  public mutating func attemptEnded(
    _ attempt: Int, code: StatusCode, pushback: Pushback, wasProcessed: WasProcessed,
    allowsRetries: Bool, using random: inout some RandomNumberGenerator
  ) -> AttemptAction {
    let end = AttemptEnd(
      code: code, pushback: pushback, wasProcessed: wasProcessed, allowsRetries: allowsRetries)
    switch state.take() {
    case .ready: preconditionFailure("no attempt ends before the call begins")
    case .oneByOne(var attempts):
      let action = attempts.ended(attempt, end, using: &random)
      if action.finish == nil { state = .oneByOne(attempts) }
      return action
    case .hedged(var attempts):
      let action = attempts.ended(attempt, end)
      if action.finish == nil { state = .hedged(attempts) }
      return action
    case .finished: return .none
    }
  }

  /// An attempt has response headers: it is the call from now on.
  public mutating func attemptCommitted(_ attempt: Int) -> AttemptAction {
    switch state.take() {
    case .ready: preconditionFailure("no server answers before the call begins")
    case .oneByOne(var attempts):
      attempts.committed(attempt)
      state = .oneByOne(attempts)
      return .none
    case .hedged(var attempts):
      let action = attempts.committed(attempt)
      state = .hedged(attempts)
      return action
    case .finished: return .none
    }
  }

  /// The time set last is over.
  ///
  /// - Parameter allowsRetries: ``RetryThrottle/allowsRetries`` at this moment; true without a throttle.
  ///   Only a hedged call asks, since a retry was judged when the attempt before it failed.
  public mutating func timerFired(
    allowsRetries: Bool = true, using random: inout some RandomNumberGenerator
  ) -> AttemptAction {
    switch state.take() {
    case .ready: preconditionFailure("no timer is set before the call begins")
    case .oneByOne(var attempts):
      let action = attempts.timerFired()
      state = .oneByOne(attempts)
      return action
    case .hedged(var attempts):
      let action = attempts.timerFired(allowsRetries: allowsRetries)
      if action.finish == nil { state = .hedged(attempts) }
      return action
    case .finished: return .none
    }
  }

  /// What the call sends no longer fits the buffer it would be sent again from.
  ///
  /// The running attempt is the call from now on; of several, the oldest, which is likely to be the
  /// furthest. Between two attempts it is the next one, so what is kept by now is kept until then.
  public mutating func bufferOverflowed() -> AttemptAction {
    switch state.take() {
    case .ready: preconditionFailure("nothing is sent before the call begins")
    case .oneByOne(var attempts):
      attempts.overflowed()
      state = .oneByOne(attempts)
      return .none
    case .hedged(var attempts):
      let action = attempts.overflowed()
      state = .hedged(attempts)
      return action
    case .finished: return .none
    }
  }

  /// The caller wants no outcome any more: deadline or cancellation. All attempts are to be cancelled.
  public mutating func ended() -> AttemptAction {
    switch state.take() {
    case .ready: return .none
    case .oneByOne(let attempts): return attempts.givenUp
    case .hedged(let attempts): return attempts.givenUp
    case .finished: return .none
    }
  }

  private var isReady: Bool {
    switch state {
    case .ready: true
    case .oneByOne: false
    case .hedged: false
    case .finished: false
    }
  }

  /// Whether no other attempt will be made, so that nothing need be kept for one.
  ///
  /// Transparent retries end with it too.
  public var isCommitted: Bool {
    switch state {
    case .ready: false
    case .oneByOne(let attempts): attempts.isCommitted
    case .hedged(let attempts): attempts.isCommitted
    case .finished: true
    }
  }
}
