internal import RPCCore

/// What a `content-type` says about the messages that follow (Q2, Q3).
package enum ContentType: Hashable {
  /// gRPC with protobuf messages: `application/grpc`, `application/grpc+proto`, either with parameters.
  case proto
  /// gRPC, but with messages in a form that we do not speak.
  case unknownSubtype
  /// Not gRPC. `application/grpc-web` is not, nor is any other longer name.
  case foreign

  private static let base: StaticString = "application/grpc"

  /// Judges a field's value. Media types have no case (RFC 9110 § 8.3.1).
  package init(_ value: Span<UInt8>) {
    let baseCount = Self.base.utf8CodeUnitCount
    guard value.count >= baseCount, value.extracting(first: baseCount).equalsFolded(Self.base)
    else {
      self = .foreign
      return
    }
    guard value.count > baseCount else {
      self = .proto
      return
    }
    switch value[baseCount] {
    case UInt8(ascii: ";"):
      self = .proto
    case UInt8(ascii: "+"):
      var end = baseCount + 1
      while end < value.count, value[end] != UInt8(ascii: ";"), value[end] != UInt8(ascii: " ") {
        end += 1
      }
      let subtype = value.extracting((baseCount + 1)..<end)
      self = subtype.equalsFolded("proto") ? .proto : .unknownSubtype
    default:
      self = .foreign
    }
  }
}

extension Span<UInt8> {
  /// Whether the bytes are those of `text`, which is lower-case, in any case.
  fileprivate func equalsFolded(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in indices {
      let byte = self[index]
      let folded = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
      // SAFETY: `index` is below the text's own count.
      if unsafe folded != text.utf8Start[index] { return false }
    }
    return true
  }
}
