/// An instant of the clock that also runs while the machine sleeps, in a form whose size is known when the program
/// is built.
///
/// That of `ContinuousClock.Instant` is not, so that everything that holds one is copied, and given up, by way of
/// tables: a tenth of what a call costs a client.
package struct Moment: Sendable, Hashable, Comparable {
  private static let origin = ContinuousClock.now

  private let sinceOrigin: Duration

  package init(_ instant: ContinuousClock.Instant) {
    sinceOrigin = Self.origin.duration(to: instant)
  }

  package var instant: ContinuousClock.Instant { Self.origin.advanced(by: sinceOrigin) }

  package func duration(to other: ContinuousClock.Instant) -> Duration {
    instant.duration(to: other)
  }

  package static func < (left: Moment, right: Moment) -> Bool {
    left.sinceOrigin < right.sinceOrigin
  }
}
