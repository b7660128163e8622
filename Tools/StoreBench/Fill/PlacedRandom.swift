import Domain

/// Ids in the order of their numbers: those of the n-th of so many records lie in the n-th part of all ids, at random
/// places in it.
///
/// In the end a table's ids are spread as random ones are, so that whatever is added later goes to a random place in
/// its index. But while it is filled every index grows at its end, where in any other order each row would read and write
/// a page of its own once the index is larger than the memory. Kinder than life in one thing: what belongs to one record
/// lies close together.
struct PlacedRandom: RandomNumberGenerator {
  private let start: UInt64
  private let width: UInt64
  private var random: SplitMix64
  private var isHigh = true

  init(number: Int, of count: Int, seed: UInt64) {
    width = UInt64.max / UInt64(count)
    start = UInt64(number) * width
    random = SplitMix64(seed: seed)
  }

  /// An id takes its upper half first.
  mutating func next() -> UInt64 {
    defer { isHigh.toggle() }
    return isHigh ? start + random.next() % width : random.next()
  }
}

/// The digits of a number to the base 32, the highest of seven first, where a receipt takes them: so that of ten
/// million receipts no two are the same.
struct ReceiptDigits: RandomNumberGenerator {
  private static let bitCount = 35
  private var rest: UInt64

  init(number: Int, of count: Int) {
    rest = UInt64(number) * ((1 << Self.bitCount) / UInt64(count))
  }

  mutating func next() -> UInt64 {
    defer { rest <<= 5 }
    return (rest >> 30) << 59
  }
}
