/// Frames as bytes, made by hand so that they can also be wrong.
public enum RawFrames {
  /// The connection preface.
  public static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  public static func frame(_ type: UInt8, flags: UInt8 = 0, id: Int32 = 0, _ payload: [UInt8] = [])
    -> [UInt8]
  {
    var bytes = Array(bigEndian(UInt32(payload.count)).dropFirst())
    bytes += [type, flags]
    bytes += bigEndian(UInt32(bitPattern: id))
    return bytes + payload
  }

  public static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  public static let settings = frame(4)
  public static let settingsAcknowledgement = frame(4, flags: 1)

  /// Fields as HPACK literals without indexing and without Huffman coding; short names and values only.
  public static func block(_ fields: [(String, String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in fields {
      bytes.append(0)
      bytes += length(name)
      bytes += Array(name.utf8)
      bytes += length(value)
      bytes += Array(value.utf8)
    }
    return bytes
  }

  private static func length(_ text: String) -> [UInt8] {
    let count = text.utf8.count
    if count < 127 { return [UInt8(count)] }
    var rest = count - 127
    var bytes: [UInt8] = [127]
    while rest >= 128 {
      bytes.append(UInt8(rest & 0x7F | 0x80))
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  public static func headers(_ id: Int32, _ fields: [(String, String)], endsStream: Bool = false)
    -> [UInt8]
  {
    frame(1, flags: 4 | (endsStream ? 1 : 0), id: id, block(fields))
  }

  public static func data(_ id: Int32, _ bytes: [UInt8], endsStream: Bool = false) -> [UInt8] {
    frame(0, flags: endsStream ? 1 : 0, id: id, bytes)
  }

  /// The head of a proper gRPC request.
  public static let request: [(String, String)] = [
    (":method", "POST"), (":scheme", "http"), (":path", "/pkg.Service/Method"),
    (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers"),
  ]
}
