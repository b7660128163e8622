import RawHTTP2

/// What scripted servers say, as frames.
enum Answers {
  static let head: [(String, String)] = [(":status", "200"), ("content-type", "application/grpc")]

  static func trailers(_ id: Int32, _ status: String = "0", _ more: [(String, String)] = [])
    -> [UInt8]
  {
    RawFrames.headers(id, [("grpc-status", status)] + more, endsStream: true)
  }

  /// Head and trailers in one.
  static func only(_ id: Int32, _ status: String, _ more: [(String, String)] = []) -> [UInt8] {
    RawFrames.headers(id, head + [("grpc-status", status)] + more, endsStream: true)
  }

  static func head(_ id: Int32, _ more: [(String, String)] = []) -> [UInt8] {
    RawFrames.headers(id, head + more)
  }

  static func message(_ id: Int32, _ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    RawFrames.data(id, Wire.message(bytes, flag: flag))
  }

  /// A whole answer with one message and OK.
  static func ok(_ id: Int32, _ bytes: [UInt8] = [7]) -> [UInt8] {
    head(id) + message(id, bytes) + trailers(id)
  }
}
