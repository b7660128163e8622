@testable import Protobuf

/// Finds strings that are not UTF-8 anywhere in bytes, whether or not they count in the end.
enum DamagedText {
  static func isIn(_ each: Oracle.Case) -> Bool {
    isIn(each.bytes[...], OracleSubject.types[Int(each.type)].descriptor)
  }

  private static func isIn(_ bytes: ArraySlice<UInt8>, _ type: MessageDescriptor) -> Bool {
    var rest = bytes
    while let tag = varint(&rest) {
      let field = type.field(number: Int(truncatingIfNeeded: tag >> 3))
      switch tag & 7 {
      case 0: _ = varint(&rest)
      case 1: rest = rest.dropFirst(8)
      case 5: rest = rest.dropFirst(4)
      case 2:
        guard let count = varint(&rest), count <= rest.count else { return false }
        let content = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        if case .string? = field?.type, String(validating: content, as: UTF8.self) == nil {
          return true
        }
        if let inner = field?.type.messageDescriptor, isIn(content, inner) { return true }
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
