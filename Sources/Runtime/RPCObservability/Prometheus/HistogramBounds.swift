/// The buckets of a histogram, with a short way from a whole number to its bucket.
///
/// Whole numbers are what hot paths record: nanoseconds and bytes.
final class HistogramBounds: Sendable {
  /// One bucket less than a histogram has cells: the last is for what is above every bound.
  static let countMax = 63

  /// The upper bounds, rising.
  let bounds: [Double]
  /// How many whole numbers make one of the bounds' unit: a billion for timers, else 1.
  let countPerUnit: Double

  private let thresholds: [Int64]
  // By the number of significant bits: the first bucket that can hold such a number. From there at most
  // a few comparisons are left, all of them predictable.
  private let firstBuckets: [UInt8]

  /// - Precondition: at most ``countMax`` bounds, finite and rising.
  init(_ bounds: [Double], countPerUnit: Double) {
    precondition(bounds.count <= Self.countMax, "a histogram has at most \(Self.countMax) bounds")
    precondition(
      zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && bounds.allSatisfy(\.isFinite),
      "the bounds of a histogram rise")
    self.bounds = bounds
    self.countPerUnit = countPerUnit
    let thresholds = bounds.map { bound in
      // 0.00001 is not exactly 10,000 nanoseconds. A fraction in other units never lifts a whole number
      // over the bound.
      let scaled =
        countPerUnit == 1 ? bound.rounded(.down) : (bound * countPerUnit).rounded()
      return Int64(exactly: scaled) ?? (bound < 0 ? .min : .max)
    }
    self.thresholds = thresholds
    firstBuckets = (0...63).map { bitCount in
      let smallest: Int64 = bitCount == 0 ? 0 : 1 << (Int64(bitCount) - 1)
      return UInt8(thresholds.firstIndex { $0 >= smallest } ?? thresholds.count)
    }
  }

  /// The bucket of a whole number: the first whose bound is not below it.
  func bucket(of value: Int64) -> Int {
    var index = value < 0 ? 0 : Int(firstBuckets[64 - value.leadingZeroBitCount])
    while index < thresholds.count, value > thresholds[index] { index += 1 }
    return index
  }

  /// The bucket of a number in the unit of the bounds.
  func bucket(of value: Double) -> Int { bounds.firstIndex { value <= $0 } ?? bounds.count }
}
