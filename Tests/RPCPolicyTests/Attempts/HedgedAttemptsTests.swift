import RPCCore
import RPCPolicy
import Testing

@Suite("Hedged attempts (gRFC A6)")
struct HedgedAttemptsTests {
  private static let delay = Duration.milliseconds(500)
  private static let execution = Execution.hedge(
    HedgingPolicy(attemptCountMax: 4, hedgingDelay: delay, nonFatalCodes: [.unavailable]))

  @Test("copies leave a delay apart, no more than the policy's")
  func timeline() {
    var call = CallScript(Self.execution)
    let begin = call.begin()
    #expect(begin == .of(launch: 0, timer: Self.delay))
    let second = call.timerFires()
    #expect(second == .of(launch: 1, previous: 1, timer: Self.delay))
    let third = call.timerFires()
    #expect(third == .of(launch: 2, previous: 2, timer: Self.delay))
    let fourth = call.timerFires()
    #expect(fourth == .of(launch: 3, previous: 3))
    let fifth = call.timerFires()
    #expect(fifth == .none)
    let success = call.ends(1, .ok)
    #expect(success == .of(cancel: [0, 2, 3], finish: 1, throttle: .success))
  }

  @Test("a success before the second copy stops the timer")
  func quick() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    let action = call.ends(0, .ok)
    #expect(action == .of(cancelsTimer: true, finish: 0, throttle: .success))
  }

  @Test("a failure that is not for good sends the next copy at once, and the delay begins anew")
  func nonFatal() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    let second = call.ends(0, .unavailable)
    #expect(second == .of(launch: 1, previous: 1, timer: Self.delay, throttle: .failure))
    _ = call.timerFires()
    let fourth = call.ends(2, .unavailable)
    #expect(fourth == .of(launch: 3, previous: 3, cancelsTimer: true, throttle: .failure))
    let none = call.ends(3, .unavailable)
    #expect(none == .of(throttle: .failure))
    let last = call.ends(1, .unavailable)
    #expect(last == .of(finish: 1, throttle: .failure))
  }

  @Test("a failure for good ends all copies")
  func fatal() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.timerFires()
    let action = call.ends(1, .notFound)
    #expect(action == .of(cancelsTimer: true, cancel: [0], finish: 1))
    let late = call.ends(0, .ok)
    #expect(late == .none)
  }

  @Test("response headers cancel the other copies")
  func commit() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.timerFires()
    _ = call.timerFires()
    let commit = call.machine.attemptCommitted(1)
    #expect(commit == .of(cancelsTimer: true, cancel: [0, 2]))
    let other = call.machine.attemptCommitted(0)
    #expect(other == .none)
    let end = call.ends(1, .unavailable)
    #expect(end == .of(finish: 1, throttle: .failure))
  }

  @Test("a server's delay shifts the next copy, after which the policy's delay counts again")
  func pushback() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    let shifted = call.ends(0, .unavailable, pushback: .after(.seconds(9)))
    #expect(shifted == .of(timer: .seconds(9), throttle: .failure))
    let next = call.timerFires()
    #expect(next == .of(launch: 1, previous: 1, timer: Self.delay))
  }

  @Test("a server's stop sends no more copies, but those that run go on")
  func stop() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.timerFires()
    let action = call.ends(0, .unavailable, pushback: .stop)
    #expect(action == .of(cancelsTimer: true, throttle: .failure))
    let timer = call.timerFires()
    #expect(timer == .none)
    let last = call.ends(1, .unavailable)
    #expect(last == .of(finish: 1, throttle: .failure))
  }

  @Test("a closed throttle stops new copies at a failure")
  func throttledFailure() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    let action = call.ends(0, .unavailable, allowsRetries: false)
    #expect(action == .of(cancelsTimer: true, finish: 0, throttle: .failure))
  }

  @Test("a closed throttle stops new copies at the delay's end, for the rest of the call")
  func throttledTimer() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    let timer = call.timerFires(allowsRetries: false)
    #expect(timer == .none)
    let action = call.ends(0, .unavailable)
    #expect(action == .of(finish: 0, throttle: .failure))
  }

  @Test("a throttle that closes while a server's delay runs ends a call of which nothing runs")
  func throttledPushback() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.ends(0, .unavailable, pushback: .after(.seconds(9)))
    let action = call.timerFires(allowsRetries: false)
    #expect(action == .of(finish: 0))
  }

  @Test("a transparent retry takes the place of its copy")
  func transparent() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.timerFires()
    let again = call.ends(1, .unavailable, .neverLeft)
    #expect(again == .of(launch: 2, previous: 1))
    let refused = call.ends(0, .unavailable, .notProcessed)
    #expect(refused == .of(launch: 3, previous: 0))
    let next = call.timerFires()
    #expect(next == .of(launch: 4, previous: 2, timer: Self.delay))
    let counted = call.ends(3, .unavailable, .notProcessed)
    #expect(counted == .of(launch: 5, previous: 3, cancelsTimer: true, throttle: .failure))
  }

  @Test("an overflow leaves the oldest copy")
  func overflow() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.timerFires()
    _ = call.timerFires()
    _ = call.ends(0, .unavailable)
    let action = call.machine.bufferOverflowed()
    #expect(action == .of(cancel: [2, 3]))
    let isCommitted = call.machine.isCommitted
    #expect(isCommitted)
    let end = call.ends(1, .unavailable, .neverLeft)
    #expect(end == .of(finish: 1, throttle: .failure))
  }

  @Test("an overflow while none runs makes the next copy the last")
  func overflowWaiting() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.ends(0, .unavailable, pushback: .after(.seconds(9)))
    let overflow = call.machine.bufferOverflowed()
    #expect(overflow == .none)
    let next = call.timerFires()
    #expect(next == .of(launch: 1, previous: 1))
    let end = call.ends(1, .unavailable)
    #expect(end == .of(finish: 1, throttle: .failure))
  }

  @Test("a caller who leaves cancels all copies and the timer")
  func ended() {
    var call = CallScript(Self.execution)
    _ = call.begin()
    _ = call.timerFires()
    let action = call.machine.ended()
    #expect(action == .of(cancelsTimer: true, cancel: [0, 1]))
    let late = call.ends(1, .ok)
    #expect(late == .none)
  }

  @Test("whatever happens, a call has exactly one outcome, and nothing runs or waits after it")
  func anyOrder() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<5000 {
      let execution: Execution =
        Bool.random(using: &random)
        ? Self.execution
        : .retry(
          RetryPolicy(
            attemptCountMax: 4, backoffInitial: .seconds(1), backoffMax: .seconds(9),
            backoffMultiplier: 3, retryableCodes: [.unavailable]))
      var call = CallScript(execution)
      var world = World()
      world.take(call.begin())
      while world.finishCount == 0 {
        guard world.isAlive else { break }
        world.step(&call, &random)
      }
      #expect(world.finishCount == 1, "seed \(seed)")
      #expect(world.running.isEmpty && !world.isTimerSet, "seed \(seed)")
      #expect(world.countedLaunches <= 4, "seed \(seed)")
    }
  }

  /// What a transport would know of the call.
  private struct World {
    var running: Set<Int> = []
    var isTimerSet = false
    var finishCount = 0
    var countedLaunches = 0

    var isAlive: Bool { !running.isEmpty || isTimerSet }

    mutating func take(_ action: AttemptAction) {
      running.subtract(action.cancel)
      if action.cancelTimer { isTimerSet = false }
      if action.timer != nil { isTimerSet = true }
      if let launch = action.launch {
        running.insert(launch.attempt)
        countedLaunches = max(countedLaunches, launch.previousAttempts + 1)
      }
      if action.finish != nil { finishCount += 1 }
    }

    mutating func step(_ call: inout CallScript, _ random: inout SplitMix64) {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4 where isTimerSet:
        isTimerSet = false
        take(call.timerFires(allowsRetries: Int.random(in: 0..<8, using: &random) > 0))
      case 4:
        if let attempt = running.randomElement(using: &random) {
          take(call.machine.attemptCommitted(attempt))
        }
      case 5 where Int.random(in: 0..<4, using: &random) == 0:
        take(call.machine.bufferOverflowed())
      default:
        guard let attempt = running.randomElement(using: &random) else { return }
        running.remove(attempt)
        let codes: [StatusCode] = [.unavailable, .unavailable, .unavailable, .ok, .notFound]
        let pushbacks: [Pushback] = [.none, .none, .after(.seconds(1)), .stop]
        let came: [WasProcessed] = [.maybe, .maybe, .notProcessed, .neverLeft]
        take(
          call.ends(
            attempt, codes.randomElement(using: &random) ?? .ok,
            pushback: pushbacks.randomElement(using: &random) ?? .none,
            came.randomElement(using: &random) ?? .maybe,
            allowsRetries: Int.random(in: 0..<8, using: &random) > 0))
      }
    }
  }
}
