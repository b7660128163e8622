@testable import Protobuf

/// Finds damage that the two of us see differently, whether or not it counts in the end.
enum DamagedText {
  /// Whether a string anywhere in the bytes is not UTF-8.
  static func isIn(_ each: Oracle.Case) -> Bool {
    isIn(each.bytes[...], OracleSubject.types[Int(each.type)].descriptor, inEntries: false)
  }

  /// Whether an entry of a map anywhere in the bytes has a field that entries do not have.
  static func isInEntries(_ each: Oracle.Case) -> Bool {
    isIn(each.bytes[...], OracleSubject.types[Int(each.type)].descriptor, inEntries: true)
  }

  private static func isIn(
    _ bytes: ArraySlice<UInt8>, _ type: MessageDescriptor, inEntries: Bool
  ) -> Bool {
    var rest = bytes
    while let tag = varint(&rest) {
      let field = type.field(number: Int(truncatingIfNeeded: tag >> 3))
      if inEntries, type.isMapEntry, UInt64(field?.type.kind.wireType.rawValue ?? 7) != tag & 7 {
        return true
      }
      switch tag & 7 {
      case 0: _ = varint(&rest)
      case 1: rest = rest.dropFirst(8)
      case 5: rest = rest.dropFirst(4)
      case 2:
        guard let count = varint(&rest), count <= rest.count else { return false }
        let content = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        if !inEntries, case .string? = field?.type,
          String(validating: content, as: UTF8.self) == nil
        {
          return true
        }
        if let inner = field?.type.messageDescriptor, isIn(content, inner, inEntries: inEntries) {
          return true
        }
      default: continue
      }
    }
    return false
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
