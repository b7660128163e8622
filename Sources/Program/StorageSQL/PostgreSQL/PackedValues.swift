/// Values in PostgreSQL's binary form, end to end, with where each lies.
struct PackedValues {
  private var bytes: [UInt8] = []
  private var places: [Range<Int>?] = []

  init(_ values: [SQLValue]) {
    places.reserveCapacity(values.count)
    for value in values {
      let start = bytes.count
      switch value {
      case .null:
        places.append(nil)
        continue
      case .integer(let integer):
        for shift in stride(from: 56, through: 0, by: -8) {
          bytes.append(UInt8(truncatingIfNeeded: integer >> Int64(shift)))
        }
      case .text(let text): bytes.append(contentsOf: text.utf8)
      case .bytes(let value): bytes.append(contentsOf: value)
      }
      places.append(start..<bytes.count)
    }
    // An address for values without bytes, which are no NULL.
    bytes.append(0)
  }

  /// Shows the values as libpq wants them: count, pointers, lengths, formats.
  func withArguments<Result>(
    _ body: (
      CInt, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<CInt>?, UnsafePointer<CInt>?
    ) -> Result
  ) -> Result {
    if places.isEmpty { return body(0, nil, nil, nil) }
    let lengths = places.map { CInt($0?.count ?? 0) }
    let formats = [CInt](repeating: 1, count: places.count)
    // SAFETY: every place lies within the bytes, which live until the closure has ended; libpq copies them.
    return unsafe bytes.withUnsafeBytes { buffer in
      let base = unsafe buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)
      let pointers = unsafe places.map { place -> UnsafePointer<CChar>? in
        guard let place else { return nil }
        return unsafe base + place.lowerBound
      }
      return unsafe body(CInt(places.count), pointers, lengths, formats)
    }
  }
}
