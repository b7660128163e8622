/// What may follow what in the calls of a cassette.
struct CallOrder {
  /// Where each call stands that has not ended.
  private var open: [UInt64: Standing] = [:]
  private(set) var callCount = 0

  private struct Standing {
    var number: UInt64
    var isHalfClosed = false
    var hasServerHeader = false
  }

  /// Takes an entry in.
  ///
  /// - Parameter isStrict: whether an entry that does not follow is a fault. A log that others wrote may have begun in the
  ///   middle of calls, or have lost entries.
  mutating func take(_ entry: CassetteEntry, isStrict: Bool) throws(MalformedEntry) {
    var standing = open[entry.call] ?? Standing(number: 0)
    if isStrict { try check(entry, behind: standing, isOpen: open[entry.call] != nil) }
    if case .clientHeader = entry.event { callCount += 1 }
    switch entry.event {
    case .clientHalfClose: standing.isHalfClosed = true
    case .serverHeader: standing.hasServerHeader = true
    default: break
    }
    standing.number = entry.number
    open[entry.call] = entry.isLast ? nil : standing
  }

  private func check(
    _ entry: CassetteEntry, behind standing: Standing, isOpen: Bool
  ) throws(MalformedEntry) {
    guard entry.number == standing.number + 1 else {
      throw MalformedEntry(
        reason: "it is number \(entry.number) of call \(entry.call), behind \(standing.number)")
    }
    let problem: String? =
      switch entry.event {
      case .clientHeader: isOpen ? "its call has begun already" : nil
      case _ where !isOpen: "its call has not begun"
      case .clientMessage where standing.isHalfClosed: "there were to be no more requests"
      case .clientHalfClose where standing.isHalfClosed: "that was said before"
      case .serverHeader where standing.hasServerHeader: "they came before"
      default: nil
      }
    if let problem { throw MalformedEntry(reason: "of call \(entry.call), \(problem)") }
  }
}
