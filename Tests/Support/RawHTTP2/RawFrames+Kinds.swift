// The frames that are more than their payload.
extension RawFrames {
  /// HEADERS whose block goes on in CONTINUATION.
  public static func unfinishedHeaders(_ id: Int32, _ block: [UInt8], endsStream: Bool = false)
    -> [UInt8]
  {
    frame(1, flags: endsStream ? 1 : 0, id: id, block)
  }

  /// HEADERS with a block of any bytes.
  public static func headers(_ id: Int32, block: [UInt8], endsStream: Bool = true) -> [UInt8] {
    frame(1, flags: 4 | (endsStream ? 1 : 0), id: id, block)
  }

  public static func continuation(_ id: Int32, _ block: [UInt8], isLast: Bool) -> [UInt8] {
    frame(9, flags: isLast ? 4 : 0, id: id, block)
  }

  /// PRIORITY; `weight` is one less than what it stands for (RFC 7540 § 6.3).
  public static func priority(
    _ id: Int32, on dependency: UInt32 = 0, weight: UInt8 = 255, isExclusive: Bool = false
  ) -> [UInt8] {
    frame(2, id: id, bigEndian(dependency | (isExclusive ? 1 << 31 : 0)) + [weight])
  }

  public static func reset(_ id: Int32, _ code: UInt32 = 8) -> [UInt8] {
    frame(3, id: id, bigEndian(code))
  }

  public static func settings(_ entries: [(id: UInt8, value: UInt32)]) -> [UInt8] {
    frame(4, entries.flatMap { [0, $0.id] + bigEndian($0.value) })
  }

  /// PING with a payload that ends in `mark`.
  public static func ping(_ mark: UInt8, isAcknowledgement: Bool = false) -> [UInt8] {
    frame(6, flags: isAcknowledgement ? 1 : 0, [1, 2, 3, 4, 5, 6, 7, mark])
  }

  public static func goAway(last: UInt32 = 0, _ code: UInt32 = 0, debug: [UInt8] = []) -> [UInt8] {
    frame(7, bigEndian(last) + bigEndian(code) + debug)
  }

  public static func windowUpdate(_ id: Int32, _ increment: UInt32) -> [UInt8] {
    frame(8, id: id, bigEndian(increment))
  }

  /// DATA with as much padding as there can be (RFC 9113 § 6.1).
  public static func paddedData(_ id: Int32, _ bytes: [UInt8], padding: UInt8 = 255) -> [UInt8] {
    frame(0, flags: 8, id: id, [padding] + bytes + [UInt8](repeating: 0, count: Int(padding)))
  }
}
