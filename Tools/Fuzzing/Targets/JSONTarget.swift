internal import Protobuf

/// Messages in JSON. The first byte picks the type, and with its highest bit that unknown fields are
/// passed over.
enum JSONTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = FuzzInput(bytes)
    let plan = input.byte()
    try check(FuzzedMessages.type(plan & 0x7F), input.rest(), ignoresUnknown: plan & 0x80 != 0)
  }

  private static func check<M: Message>(
    _ type: M.Type, _ bytes: [UInt8], ignoresUnknown: Bool
  ) throws(Finding) {
    let options = FuzzedMessages.decoding(ignoresUnknown: ignoresUnknown)
    guard let message = try? M(jsonUTF8: bytes, options: options) else { return }
    try M.checkBytes(of: message)
    try M.checkJSON(of: message)
  }
}
