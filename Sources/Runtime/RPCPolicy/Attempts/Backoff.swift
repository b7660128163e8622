/// Delays that grow, each drawn around its nominal length so that clients do not come back together (C6).
///
/// Source: gRPC `doc/connection-backoff.md`, and for retries gRFC A6. The nominal length stops growing at
/// `max`; the drawn one may be longer by the jitter.
public struct Backoff: Hashable, Sendable {
  private let initial: Double
  private let multiplier: Double
  private let max: Double
  private let jitter: Double
  /// The nominal length of the next delay, in seconds.
  private var nominal: Double

  /// - Parameters:
  ///   - initial: the nominal length of the first delay; not negative
  ///   - multiplier: what each is longer by than the last; above zero
  ///   - max: what no nominal length exceeds; not negative
  ///   - jitter: how far from the nominal length a delay may be, as a share of it; 0 to 1
  public init(initial: Duration, multiplier: Double, max: Duration, jitter: Double = 0.2) {
    precondition(initial >= .zero && max >= .zero, "a delay is not negative")
    precondition(multiplier > 0 && multiplier.isFinite, "a multiplier is above zero")
    precondition((0...1).contains(jitter), "jitter is a share")
    self.initial = initial / .seconds(1)
    self.multiplier = multiplier
    self.max = max / .seconds(1)
    self.jitter = jitter
    nominal = Swift.min(self.initial, self.max)
  }

  /// For connections: 1 s, 1.6 times as much each, up to 120 s (gRPC `doc/connection-backoff.md`).
  public static let connection = Backoff(
    initial: .seconds(1), multiplier: 1.6, max: .seconds(120))

  /// The next delay.
  public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
    let drawn = nominal * Double.random(in: (1 - jitter)...(1 + jitter), using: &random)
    nominal = Swift.min(nominal * multiplier, max)
    return .seconds(drawn)
  }

  /// Begins again with the first delay: what was waited for has worked.
  public mutating func reset() { nominal = Swift.min(initial, max) }
}
