import Domain
import Synchronization

/// How often each partner has asked lately whether somebody may be known: who may ask without end can try
/// out a whole registry.
///
/// Of the partner, not of the person it names: names are the partner's own and cost nothing. Each server
/// counts for itself, so that with several the limit is so many times as high.
final class PresenceLimit: Sendable {
  private static let span = Duration.hours(1)

  private struct Count {
    var start: Instant
    var number: Int
  }

  private let counts = Mutex<[PartnerID: Count]>([:])

  /// Counts one question.
  ///
  /// - Throws: OVERLOADED when the partner has asked too often within an hour
  func admit(_ partner: PartnerID, at now: Instant, limits: Limits) throws(Refusal) {
    let isAdmitted = counts.withLock { counts in
      var count = counts[partner] ?? Count(start: now, number: 0)
      if count.start + Self.span <= now { count = Count(start: now, number: 0) }
      count.number += 1
      counts[partner] = count
      return count.number <= limits.presenceCheckCountMax
    }
    guard isAdmitted else {
      throw Refusal(.overloaded, "So many questions are not answered within an hour.")
    }
  }
}
