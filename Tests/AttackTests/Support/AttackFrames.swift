import RawHTTP2

/// Frames that attacks are made of.
enum AttackFrames {
  /// The head of a call; an empty value takes a field out.
  static func fields(
    _ path: String = "/anchor.v1.Echo/Unary", _ changes: [(String, String)] = []
  ) -> [(String, String)] {
    var fields = RawFrames.request.map { name, value in (name, name == ":path" ? path : value) }
    for (name, value) in changes {
      if let index = fields.firstIndex(where: { $0.0 == name }) {
        if value.isEmpty { fields.remove(at: index) } else { fields[index].1 = value }
      } else {
        fields.append((name, value))
      }
    }
    return fields
  }

  /// A message with its prefix.
  static func message(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    [flag] + RawFrames.bigEndian(UInt32(bytes.count)) + bytes
  }

  /// A whole unary call.
  static func call(
    _ id: Int32, _ path: String = "/anchor.v1.Echo/Unary", _ bytes: [UInt8] = []
  ) -> [UInt8] {
    RawFrames.headers(id, fields(path)) + body(id, message(bytes))
  }

  /// DATA with END_STREAM, in frames of the size that everybody takes.
  private static func body(_ id: Int32, _ bytes: [UInt8]) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: 16_384).flatMap { from in
      let end = min(from + 16_384, bytes.count)
      return RawFrames.data(id, Array(bytes[from..<end]), endsStream: end == bytes.count)
    }
  }

  static func reset(_ id: Int32, _ code: UInt32 = 8) -> [UInt8] {
    RawFrames.frame(3, id: id, RawFrames.bigEndian(code))
  }

  static func windowUpdate(_ id: Int32, _ increment: UInt32) -> [UInt8] {
    RawFrames.frame(8, id: id, RawFrames.bigEndian(increment))
  }

  static let ping = RawFrames.frame(6, [UInt8](repeating: 1, count: 8))

  /// Client stream ids, the first `count` of them.
  static func ids(_ count: Int) -> StrideTo<Int32> { stride(from: 1, to: Int32(count) * 2, by: 2) }
}
