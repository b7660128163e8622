// Which parts of a tree a proof is made of; whoever has the tree's hashes then looks up their roots.
extension MerkleTree {
  /// The parts whose roots lead from leaf `index` of a tree of `size` leaves to its root, from the leaf upwards
  /// (RFC 6962 § 2.1.1); `nil` when there is no such leaf.
  public static func inclusionPath(of index: Int64, in size: Int64) -> [Range<Int64>]? {
    guard (0..<max(size, 0)).contains(index) else { return nil }
    var path: [Range<Int64>] = []
    var part = 0..<size
    while part.count > 1 {
      let middle = part.lowerBound + split(Int64(part.count))
      if index < middle {
        path.append(middle..<part.upperBound)
        part = part.lowerBound..<middle
      } else {
        path.append(part.lowerBound..<middle)
        part = middle..<part.upperBound
      }
    }
    return path.reversed()
  }

  /// The parts whose roots show that the first `oldSize` leaves of `newSize` are a tree's beginning (RFC 6962 § 2.1.2);
  /// empty for equal sizes; `nil` when `oldSize` is 0 or larger than the tree.
  public static func consistencyPath(from oldSize: Int64, to newSize: Int64) -> [Range<Int64>]? {
    guard oldSize >= 1, oldSize <= newSize else { return nil }
    return subpath(oldSize, 0..<newSize, isWhole: true)
  }

  private static func subpath(
    _ old: Int64, _ part: Range<Int64>, isWhole: Bool
  ) -> [Range<Int64>] {
    if old == part.count { return isWhole ? [] : [part] }
    let size = split(Int64(part.count))
    let middle = part.lowerBound + size
    if old <= size {
      return subpath(old, part.lowerBound..<middle, isWhole: isWhole) + [middle..<part.upperBound]
    }
    return subpath(old - size, middle..<part.upperBound, isWhole: false)
      + [part.lowerBound..<middle]
  }

  /// The largest power of two below `count`, which is 2 or more.
  static func split(_ count: Int64) -> Int64 {
    1 << Int64(Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }

  /// ``inclusionPath(of:in:)`` over leaves at hand.
  public func inclusionProof(index: Int, leaves: [Digest]) -> [Digest]? {
    Self.inclusionPath(of: Int64(index), in: Int64(leaves.count))
      .map { $0.map { root(leaves[Int($0.lowerBound)..<Int($0.upperBound)]) } }
  }

  /// ``consistencyPath(from:to:)`` over leaves at hand.
  public func consistencyProof(oldSize: Int, leaves: [Digest]) -> [Digest]? {
    Self.consistencyPath(from: Int64(oldSize), to: Int64(leaves.count))
      .map { $0.map { root(leaves[Int($0.lowerBound)..<Int($0.upperBound)]) } }
  }
}
