/// Which stream ids a client has opened, and which it jumped over.
///
/// RFC 9113 § 5.1.1: opening a stream closes all lower ids that were never used; a HEADERS frame on
/// one of those is a connection error, while one on a stream that was open before is not. libnghttp2
/// ignores both, so the ids jumped over are remembered here, the last few gaps of them.
package struct OpenedStreamIDs {
  /// Gaps remembered; older ones are forgotten and then treated as ids that were open once.
  package static let gapCountMax = 64

  package private(set) var highest: Int32 = 0
  private var gaps: [ClosedRange<Int32>] = []

  package init() {}

  /// Notes a new stream.
  package mutating func open(_ id: Int32) {
    guard id > highest else { return }
    let expected = highest == 0 ? 1 : highest + 2
    if id > expected {
      if gaps.count == Self.gapCountMax { gaps.removeFirst() }
      gaps.append(expected...(id - 2))
    }
    highest = id
  }

  /// Whether the id was jumped over and may therefore never be used.
  package func wasSkipped(_ id: Int32) -> Bool {
    id & 1 == 1 && id <= highest && gaps.contains { $0.contains(id) }
  }
}
