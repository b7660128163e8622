/// The clock and the dice of a client, so that a test can stand in for both.
struct TimeSource: Sendable {
  /// The present instant.
  var now: @Sendable () -> ContinuousClock.Instant
  /// Returns after a while, or throws when the task is cancelled.
  var sleep: @Sendable (Duration) async throws -> Void
  /// 64 random bits.
  var roll: @Sendable () -> UInt64

  /// The process's own.
  static let live = TimeSource(
    now: { .now },
    sleep: { try await Task.sleep(for: $0, clock: .continuous) },
    roll: {
      var random = SystemRandomNumberGenerator()
      return random.next()
    })

  /// The dice in the form that the standard library takes.
  var dice: Dice { Dice(roll: roll) }

  struct Dice: RandomNumberGenerator {
    let roll: @Sendable () -> UInt64

    mutating func next() -> UInt64 { roll() }
  }
}
