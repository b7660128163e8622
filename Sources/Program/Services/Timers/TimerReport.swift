import Domain
import Storage

/// What one look at the clock has done, and what it could not do.
public struct TimerReport: Sendable {
  /// How many things were moved, by method; those of which there were some.
  public private(set) var moveCounts: [String: Int] = [:]
  /// How many idempotency records were forgotten.
  public internal(set) var forgottenCount = 0
  /// What was not done, and is tried again at the next look; at most ``failureCountMax`` of it.
  public private(set) var failures: [Failure] = []
  /// All that was not done.
  public private(set) var failureCount = 0

  /// How many failures are kept one by one: a store that fails does so for everything.
  public static let failureCountMax = 20

  /// One thing that was not done. Holds ids and reasons, never what people entered.
  public struct Failure: Sendable, CustomStringConvertible {
    /// The move.
    public var method: String
    /// The id of what was to be moved; nil when not even the list could be read.
    public var id: String?
    /// Why it was not.
    public var reason: String

    /// One line for the operator.
    public var description: String { "\(method) \(id ?? "-"): \(reason)" }
  }

  /// How many things were moved.
  public var moveCount: Int { moveCounts.values.reduce(0, +) }

  mutating func count(_ moves: Int, of method: String) {
    if moves > 0 { moveCounts[method, default: 0] += moves }
  }

  mutating func note(_ error: any Error, _ method: String, _ id: String? = nil) {
    failureCount += 1
    guard failures.count < Self.failureCountMax else { return }
    let reason =
      switch error {
      case let refusal as Refusal: refusal.internalReason
      case let error as StoreError: "\(error)"
      case let error as MovedPeriods: "\(error)"
      // Another error's text could quote what it failed on.
      default: "\(type(of: error))"
      }
    failures.append(Failure(method: method, id: id, reason: reason))
  }
}
