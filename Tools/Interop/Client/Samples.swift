import Protobuf
import RPCCore

/// What the standard cases send and expect.
enum Samples {
  static let largeRequestSize = 271_828
  static let largeResponseSize = 314_159
  static let requestSizes = [27_182, 8, 1_828, 45_904]
  static let responseSizes = [31_415, 9, 2_653, 58_979]
  static let statusMessage = "test status message"
  static let specialStatusMessage =
    "\t\ntest with whitespace\r\nand Unicode BMP \u{263A} and non-BMP \u{1F608}\t\n"

  /// A payload of so many zeros.
  static func zeros(_ size: Int) -> GrpcTesting.Payload {
    .with { $0.body = [UInt8](repeating: 0, count: size) }
  }

  /// A request of the large size that asks for a response of the large size.
  static var large: GrpcTesting.SimpleRequest {
    .with {
      $0.responseSize = Int32(largeResponseSize)
      $0.payload = zeros(largeRequestSize)
    }
  }

  /// A request for one response of each size, with a payload of its own when `requestSize` is given.
  static func parts(
    _ sizes: [Int], requestSize: Int? = nil
  ) -> GrpcTesting.StreamingOutputCallRequest {
    .with {
      $0.responseParameters = sizes.map { size in .with { $0.size = Int32(size) } }
      $0.payload = requestSize.map(zeros)
    }
  }

  static func flag(_ value: Bool) -> GrpcTesting.BoolValue { .with { $0.value = value } }

  /// A status that the server shall end a call with.
  static func unknown(_ message: String) -> GrpcTesting.EchoStatus {
    .with {
      $0.code = Int32(StatusCode.unknown.rawValue)
      $0.message = message
    }
  }
}

/// Bytes of a response's payload, which must all be zero.
func size(of payload: GrpcTesting.Payload?) throws(Wrong) -> Int {
  let body = payload?.body ?? []
  guard body.allSatisfy({ $0 == 0 }) else { throw Wrong("the payload is not all zeros") }
  return body.count
}
