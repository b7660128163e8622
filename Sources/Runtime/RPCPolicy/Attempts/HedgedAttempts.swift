internal import RPCCore

/// The attempts of a call that is sent again before it fails.
///
/// Copies leave one by one, a delay apart, until one succeeds, fails for good or has an answer. A
/// failure that is not for good sends the next at once, or after what the server asks for. *Frozen*
/// means that no more will leave: a server said stop, or the throttle. Those that run go on.
struct HedgedAttempts {
  /// Those that run, the oldest first.
  private var running: [AttemptAction.Launch] = []
  private(set) var isCommitted = false
  private var isFrozen = false
  private var isTimerSet = false
  /// How many have been started, transparent ones among them: the number of the next.
  private var launchCount = 0
  /// How many have been started that count.
  private var countedCount = 0
  /// The one whose outcome is the caller's if no other follows.
  private var lastEnded = 0
  private var transparentRetries = TransparentRetries()
  private let policy: HedgingPolicy
  private let countMax: Int

  init(policy: HedgingPolicy, attemptCountMax: Int) {
    self.policy = policy
    countMax = min(policy.attemptCountMax, attemptCountMax)
  }

  mutating func begin() -> AttemptAction { launchNext() }

  mutating func ended(_ attempt: Int, _ end: AttemptEnd) -> AttemptAction {
    guard let index = running.firstIndex(where: { $0.attempt == attempt }) else { return .none }
    let ended = running.remove(at: index)
    if !isCommitted, transparentRetries.allows(end.wasProcessed) {
      return launch(previousAttempts: ended.previousAttempts)
    }
    lastEnded = attempt
    let isOver = end.code == .ok || isCommitted || !policy.nonFatalCodes.contains(end.code)
    var action = isOver ? finish(with: attempt) : goOn(after: end)
    action.throttle = end.throttleEffect(repeatable: policy.nonFatalCodes)
    return action
  }

  mutating func committed(_ attempt: Int) -> AttemptAction {
    guard !isCommitted, running.contains(where: { $0.attempt == attempt }) else { return .none }
    isCommitted = true
    return keepOnly(attempt)
  }

  mutating func timerFired(allowsRetries: Bool) -> AttemptAction {
    guard isTimerSet else { return .none }
    isTimerSet = false
    if allowsRetries { return launchNext() }
    isFrozen = true
    return running.isEmpty ? finish(with: lastEnded) : .none
  }

  mutating func overflowed() -> AttemptAction {
    if isCommitted { return .none }
    isCommitted = true
    // With none running, a server's pushback is being waited for, and the next is the only one.
    guard let oldest = running.first else { return .none }
    return keepOnly(oldest.attempt)
  }

  /// What is left to do when the caller has gone.
  var givenUp: AttemptAction {
    var action = AttemptAction()
    action.cancel = running.map(\.attempt)
    action.cancelTimer = isTimerSet
    return action
  }

  private var hasMore: Bool { !isFrozen && countedCount < countMax }

  /// After a failure that is not for good.
  private mutating func goOn(after end: AttemptEnd) -> AttemptAction {
    if !end.allowsAnother { isFrozen = true }
    guard hasMore else {
      return running.isEmpty ? finish(with: lastEnded) : stopTimer()
    }
    if case .after(let delay) = end.pushback { return setTimer(delay) }
    return launchNext()
  }

  private mutating func launchNext() -> AttemptAction {
    countedCount += 1
    var action = launch(previousAttempts: countedCount - 1)
    let rest = hasMore && !isCommitted ? setTimer(policy.hedgingDelay) : stopTimer()
    action.timer = rest.timer
    action.cancelTimer = rest.cancelTimer
    return action
  }

  private mutating func launch(previousAttempts: Int) -> AttemptAction {
    let launch = AttemptAction.Launch(attempt: launchCount, previousAttempts: previousAttempts)
    launchCount += 1
    running.append(launch)
    var action = AttemptAction()
    action.launch = launch
    return action
  }

  private mutating func finish(with attempt: Int) -> AttemptAction {
    var action = keepOnly(attempt)
    action.finish = attempt
    return action
  }

  private mutating func keepOnly(_ attempt: Int) -> AttemptAction {
    var action = stopTimer()
    action.cancel = running.map(\.attempt).filter { $0 != attempt }
    running.removeAll { $0.attempt != attempt }
    return action
  }

  private mutating func setTimer(_ delay: Duration) -> AttemptAction {
    isTimerSet = true
    var action = AttemptAction()
    action.timer = delay
    return action
  }

  private mutating func stopTimer() -> AttemptAction {
    var action = AttemptAction()
    action.cancelTimer = isTimerSet
    isTimerSet = false
    return action
  }
}
