import RPCCore
import Testing

@testable import RPCWire

@Suite("What a failure of HTTP means (R7, R13)")
struct ResetCodeTests {
  @Test(
    "each reset code has its status (R13, D3)",
    arguments: [
      (.noError, .internal), (.protocolError, .internal), (.internalError, .internal),
      (.flowControlError, .internal), (.settingsTimeout, .internal), (.streamClosed, .unknown),
      (.frameSizeError, .internal), (.refusedStream, .unavailable), (.cancel, .cancelled),
      (.compressionError, .internal), (.connectError, .internal),
      (.enhanceYourCalm, .resourceExhausted), (.inadequateSecurity, .permissionDenied),
      (ResetCode(rawValue: 13), .unknown), (ResetCode(rawValue: .max), .unknown),
    ] as [(ResetCode, StatusCode)])
  func resetCode(code: ResetCode, status: StatusCode) {
    #expect(code.statusCode == status)
  }

  @Test(
    "each HTTP status has its status (R7, D2)",
    arguments: [
      (400, .internal), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented),
      (429, .unavailable), (431, .internal), (502, .unavailable), (503, .unavailable),
      (504, .unavailable), (200, .unknown), (302, .unknown), (409, .unknown), (412, .unknown),
      (413, .unknown), (415, .unknown), (418, .unknown), (500, .unknown), (505, .unknown),
      (800, .unknown), (0, .unknown),
    ] as [(Int, StatusCode)])
  func httpStatus(httpStatus: Int, status: StatusCode) {
    #expect(HTTPStatus.statusCode(for: httpStatus) == status)
  }
}
