// Of some measures each counts no more than another one: who was invited has been submitted. What is shown
// of the smaller is then the least that the larger can be, and what is shown of the larger the most that
// the smaller can.
extension Measure {
  /// The measure that counts no less under each key; nil for none. No-shows are of bookings, too, which
  /// nobody offers.
  var larger: Measure? {
    switch self {
    case .invited, .withdrawn: .submitted
    case .confirmed: .offered
    case .seatsUsed: .seatsOffered
    case .referralsAccepted, .referralsRejected, .referralsReturned, .referralsOverdue:
      .referralsSent
    case .submitted, .duplicatesHeld, .screenedOut, .offered, .noShow, .seatsOffered, .medianDays,
      .p90Days, .referralsSent, .outcomes, .denials, .leaving:
      // Reasons to leave have a table of their own, beside what was submitted (`LeavingTable`).
      nil
    }
  }

  /// Another that counts others out of the same larger one; nil for none.
  fileprivate var sibling: Measure? {
    switch self {
    case .referralsAccepted: .referralsRejected
    case .referralsRejected: .referralsAccepted
    default: nil
    }
  }
}

extension ReportMaker {
  /// The grid of the larger measure by the same dimension, out of those that are made already.
  func larger(than entry: ReportPlan.Entry, in made: [ReportGrid?]) -> ReportGrid? {
    made.lazy.compactMap(\.self).first {
      $0.measure == entry.measure.larger && $0.dimension == entry.dimension
        && $0.secondDimension == nil
    }
  }

  /// Hides in a table what would tell of hidden figures of a larger measure, and notes the most that its
  /// shown ones leave.
  ///
  /// - Parameters:
  ///   - larger: the larger measure's grid by the first dimension; nil for none
  ///   - place: where the table has all of a key
  func nest(
    _ table: inout SuppressionTable, _ entry: ReportPlan.Entry, _ keys: [String],
    under larger: ReportGrid?, _ counts: FactCounts,
    at place: (Int) -> SuppressionTable.Place
  ) {
    guard let larger, let dimension = entry.dimension else { return }
    let most = counts.counts(larger.measure, by: dimension, keys)
    let others = entry.measure.sibling.map { counts.counts($0, by: dimension, keys) }
    let hidden = keys.map { larger.figure(of: $0) == .suppressed }
    // Zeros alone say nothing of the larger one, unless that hides zeros, too. Beside others they do: shown,
    // they leave those fewer ways to be split up.
    let isTelling = keys.indices.contains { index in
      hidden[index] && (table[place(index)].value > 0 || most[index] == 0)
    }
    for index in keys.indices {
      let place = place(index)
      let value = table[place].value
      if hidden[index] {
        // Not in a table of two dimensions, where a hidden zero would take whole rows and columns with it.
        if isTelling, value > 0 || most[index] == 0 || entry.second == nil {
          table[place].isHidden = true
        }
      } else {
        // A month can have more of the smaller one: the larger one's were before.
        table[place].high = max(value, most[index] - (others?[index] ?? 0))
      }
    }
  }
}
