/// The header list that is just being received: plain memory, filled field by field.
///
/// Every request passes here, so this is written for speed: no reference counts, no checks but the
/// limits. Most lists of a connection repeat, and a repeated list needs no storage of its own.
@safe
struct HeaderAssembly: ~Copyable {
  private let byteCountMax: Int
  private let fieldCountMax: Int
  private var bytes = PlainBuffer<UInt8>(capacity: 0)
  /// For each field the bytes of its name (high half) and of its value.
  private var lengths = PlainBuffer<UInt64>(capacity: 0)
  private var listByteCount = 0
  private var seenCount = 0
  private var isOversized = false

  private var lastBytes = PlainBuffer<UInt8>(capacity: 0)
  private var lastLengths = PlainBuffer<UInt64>(capacity: 0)
  private var last = ReceivedList.empty

  init(limits: HTTP2Limits) {
    byteCountMax = limits.headerListByteCountMax
    fieldCountMax = limits.headerFieldCountMax
  }

  /// Begins a new list.
  mutating func begin() {
    bytes.removeAll()
    lengths.removeAll()
    listByteCount = 0
    seenCount = 0
    isOversized = false
  }

  /// Counts a field, and then keeps it if the list is within its limits.
  ///
  /// - Returns: false when the list is so far over that its stream must be reset.
  mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
    let isBearable = count(fieldByteCount: name.count + value.count)
    if isOversized { return isBearable }
    lengths.append(UInt64(name.count) << 32 | UInt64(value.count))
    unsafe bytes.append(name)
    unsafe bytes.append(value)
    return true
  }

  /// Counts a field of so many bytes that is not kept.
  ///
  /// - Returns: as `append`
  mutating func count(fieldByteCount: Int) -> Bool {
    listByteCount += fieldByteCount + 32
    seenCount += 1
    guard listByteCount > byteCountMax || seenCount > fieldCountMax else { return true }
    isOversized = true
    return listByteCount <= 2 * byteCountMax && seenCount <= 2 * fieldCountMax
  }

  /// The list is complete. Lists with the content of the last one are the same object.
  mutating func finish() -> ReceivedList {
    if isOversized || !bytes.isEqual(to: lastBytes) || !lengths.isEqual(to: lastLengths) {
      // SAFETY: the block copies what it is shown.
      last = unsafe ReceivedList(
        HeaderBlock(
          bytes: bytes.elements, lengths: lengths.elements, listByteCount: listByteCount,
          isOversized: isOversized))
      swap(&bytes, &lastBytes)
      swap(&lengths, &lastLengths)
      // An incomplete list stands for nothing but itself.
      if isOversized { lastLengths.removeAll() }
      bytes.shrink(to: Self.idleByteCountMax)
      lastBytes.shrink(to: Self.idleByteCountMax)
    }
    return last
  }

  /// Memory kept between lists, so that an idle connection that once sent a large one stays small.
  private static let idleByteCountMax = 4096
}
