internal import Protobuf

/// Messages in the wire format. The first byte picks the type.
enum ProtobufTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = FuzzInput(bytes)
    try check(FuzzedMessages.type(input.byte()), input.rest())
  }

  private static func check<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws(Finding) {
    guard let message = try? M(serializedBytes: bytes) else { return }
    try M.checkBytes(of: message)
    try M.checkJSON(of: message)
  }
}
