import ArgumentParser
import Foundation
import Protobuf
import RPCCore

/// Leaves out of what came the items of which a condition does not hold: messages of a stream, or items of the list
/// in a single response.
struct ResponseFilter: Sendable {
  let condition: Condition
  let method: ToolSchema.Method

  /// The list in a single response (AIP-158); nil for a stream.
  private let list: FieldDescriptor?

  /// - Throws: `ValidationError` when there is neither a stream nor a list
  init(_ condition: Condition, _ method: ToolSchema.Method) throws {
    self.condition = condition
    self.method = method
    list = method.response.fields.first { $0.isRepeated && !$0.isMap && $0.type.isMessage }
    guard method.descriptor.kind.hasManyResponses || list != nil else {
      throw ValidationError(
        "--filter is for streams and lists, and a \(method.response.fullName) has no list")
    }
  }

  /// What is left of a response; nil for nothing, which happens to messages of a stream only.
  ///
  /// - Throws: ``CommandFailure`` for what is no message
  func left(of response: [UInt8]) throws(CommandFailure) -> [UInt8]? {
    if method.descriptor.kind.hasManyResponses {
      return try holds(response, method.response) ? response : nil
    }
    guard let list, let item = list.type.messageDescriptor else { return response }
    var left: [UInt8] = []
    var rest = response[...]
    while !rest.isEmpty {
      let start = rest
      guard let field = TopField(&rest) else { throw Self.malformed(method.response) }
      if field.number == list.number, let payload = field.payload {
        guard try holds(Array(payload), item) else { continue }
      }
      left += start[start.startIndex..<rest.startIndex]
    }
    return left
  }

  private func holds(_ bytes: [UInt8], _ type: MessageDescriptor) throws(CommandFailure) -> Bool {
    do {
      return condition.holds(of: try Record(bytes, of: type, zone: .gmt))
    } catch {
      throw Self.malformed(type)
    }
  }

  private static func malformed(_ type: MessageDescriptor) -> CommandFailure {
    CommandFailure("the response is no \(type.fullName)")
  }

  /// One field of a serialized message, with no look into it.
  private struct TopField {
    let number: Int
    /// Of a field with a length, what is in it.
    var payload: ArraySlice<UInt8>?

    /// Takes one off the front; nil for what is none.
    ///
    /// Source: protobuf.dev/programming-guides/encoding, "Message Structure".
    init?(_ rest: inout ArraySlice<UInt8>) {
      guard let tag = Self.varint(&rest) else { return nil }
      number = Int(tag >> 3)
      let count: UInt64
      switch tag & 7 {
      case 0:
        guard Self.varint(&rest) != nil else { return nil }
        return
      case 1: count = 8
      case 2:
        guard let length = Self.varint(&rest) else { return nil }
        count = length
      case 5: count = 4
      default: return nil
      }
      guard count <= UInt64(rest.count) else { return nil }
      if tag & 7 == 2 { payload = rest.prefix(Int(count)) }
      rest = rest.dropFirst(Int(count))
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
      var value: UInt64 = 0
      for shift in stride(from: 0, to: 70, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        if shift < 64 { value |= UInt64(byte & 0x7F) << UInt64(shift) }
        if byte & 0x80 == 0 { return value }
      }
      return nil
    }
  }
}
