/// Kinds of seats of one slot: those of anybody, and those kept for some.
///
/// A set, because a household may have a claim on several. It has a bit for each, so that a store finds the seats of
/// a set with one comparison.
public struct SeatShares: OptionSet, Hashable, Sendable {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  /// Seats that are kept for nobody.
  public static let anybody = SeatShares(rawValue: 1)

  /// The seats of the slot's share at `index`, 0 to 61.
  public static func reserved(_ index: Int) -> SeatShares {
    SeatShares(rawValue: 1 << (index + 1))
  }

  /// Every seat there is.
  public static let all = SeatShares(rawValue: .max)
}

extension Slot {
  /// What kind of seat each is, by number. Kept seats come first, so that whoever may take one leaves the others to
  /// those who may not.
  public var seatShares: [SeatShares] {
    let kept = reservedShares.enumerated().flatMap { index, share in
      Array(repeating: SeatShares.reserved(index), count: share.seats)
    }
    // The plan makes sure that they fit; what does not is not kept.
    let open = Array(repeating: SeatShares.anybody, count: max(0, capacitySeats - kept.count))
    return Array(kept.prefix(capacitySeats)) + open
  }

  /// The seats that a household may claim.
  public func shares(openTo registration: Registration) -> SeatShares {
    var shares = SeatShares.anybody
    for (index, share) in reservedShares.enumerated() where share.includes(registration) {
      shares.insert(.reserved(index))
    }
    return shares
  }
}

extension ReservedShare {
  /// Whether the seats are kept for this household among others.
  public func includes(_ registration: Registration) -> Bool {
    switch kind {
    case .vulnerability: !registration.answers.protectionNeeds.isEmpty
    case .pathway(let pathway):
      registration.invitedPathways.contains(pathway)
        || registration.eligiblePathways.contains(pathway)
    }
  }
}
