internal import RPCCore

/// The attempts of a call that has one at a time.
///
///     running ──failure worth a retry──▶ waiting ──timer──▶ running
///        └──anything else──▶ its outcome
///
/// A transparent retry goes from `running` to `running` without waiting.
struct SequentialAttempts {
  /// The attempt that runs; nil while the delay before the next one does.
  private var running: Int?
  private(set) var isCommitted = false
  /// How many have been started, transparent ones among them: the number of the next.
  private var launchCount = 0
  /// How many have been started that count.
  private var countedCount = 0
  private var transparentRetries = TransparentRetries()
  private var backoff: Backoff?
  private let codes: StatusCodeSet
  private let countMax: Int

  /// - Parameter policy: nil for one attempt
  init(policy: RetryPolicy?, attemptCountMax: Int) {
    codes = policy?.retryableCodes ?? []
    countMax = min(policy?.attemptCountMax ?? 1, attemptCountMax)
    backoff = policy.map {
      Backoff(initial: $0.backoffInitial, multiplier: $0.backoffMultiplier, max: $0.backoffMax)
    }
  }

  mutating func begin() -> AttemptAction {
    countedCount = 1
    return launch()
  }

  mutating func ended(
    _ attempt: Int, _ end: AttemptEnd, using random: inout some RandomNumberGenerator
  ) -> AttemptAction {
    guard attempt == running else { return .none }
    if !isCommitted, transparentRetries.allows(end.wasProcessed) { return launch() }
    var action = AttemptAction()
    action.throttle = end.throttleEffect(repeatable: codes)
    guard !isCommitted, codes.contains(end.code), end.code != .ok, end.allowsAnother,
      countedCount < countMax
    else {
      action.finish = attempt
      return action
    }
    running = nil
    action.timer = delay(after: end, using: &random)
    return action
  }

  mutating func committed(_ attempt: Int) {
    if attempt == running { isCommitted = true }
  }

  mutating func timerFired() -> AttemptAction {
    guard running == nil else { return .none }
    countedCount += 1
    return launch()
  }

  mutating func overflowed() { isCommitted = true }

  /// What is left to do when the caller has gone.
  var givenUp: AttemptAction {
    var action = AttemptAction()
    if let running { action.cancel = [running] } else { action.cancelTimer = true }
    return action
  }

  private mutating func launch() -> AttemptAction {
    var action = AttemptAction()
    action.launch = .init(attempt: launchCount, previousAttempts: countedCount - 1)
    running = launchCount
    launchCount += 1
    return action
  }

  /// The server's word, after which the backoff begins anew, or the backoff's.
  private mutating func delay(
    after end: AttemptEnd, using random: inout some RandomNumberGenerator
  ) -> Duration? {
    if case .after(let delay) = end.pushback {
      backoff?.reset()
      return delay
    }
    return backoff?.next(using: &random)
  }
}
