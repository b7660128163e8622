import RPCCore
import RPCPolicy

/// A machine with a seeded generator, and short names for what happens to it.
struct CallScript: ~Copyable {
  var machine: AttemptMachine
  private var random = SplitMix64(seed: 7)

  init(_ execution: Execution, attemptCountMax: Int = 5) {
    machine = AttemptMachine(execution: execution, attemptCountMax: attemptCountMax)
  }

  mutating func begin() -> AttemptAction { machine.begin(using: &random) }

  mutating func ends(
    _ attempt: Int, _ code: StatusCode, pushback: Pushback = .none,
    _ wasProcessed: WasProcessed = .maybe, allowsRetries: Bool = true
  ) -> AttemptAction {
    machine.attemptEnded(
      attempt, code: code, pushback: pushback, wasProcessed: wasProcessed,
      allowsRetries: allowsRetries, using: &random)
  }

  mutating func timerFires(allowsRetries: Bool = true) -> AttemptAction {
    machine.timerFired(allowsRetries: allowsRetries, using: &random)
  }
}

extension AttemptAction {
  /// What is written of an action in tests, all of it.
  static func of(
    launch attempt: Int? = nil, previous: Int = 0, timer: Duration? = nil,
    cancelsTimer: Bool = false, cancel: [Int] = [], finish: Int? = nil,
    throttle: ThrottleEffect = .none
  ) -> AttemptAction {
    var action = AttemptAction()
    action.launch = attempt.map { Launch(attempt: $0, previousAttempts: previous) }
    action.timer = timer
    action.cancelTimer = cancelsTimer
    action.cancel = cancel
    action.finish = finish
    action.throttle = throttle
    return action
  }
}
