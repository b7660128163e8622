import RPCCore
import Testing

@Suite("Status codes")
struct StatusCodeTests {
  static let table: [(number: Int, code: StatusCode, name: String)] = [
    (0, .ok, "OK"), (1, .cancelled, "CANCELLED"), (2, .unknown, "UNKNOWN"),
    (3, .invalidArgument, "INVALID_ARGUMENT"), (4, .deadlineExceeded, "DEADLINE_EXCEEDED"),
    (5, .notFound, "NOT_FOUND"), (6, .alreadyExists, "ALREADY_EXISTS"),
    (7, .permissionDenied, "PERMISSION_DENIED"), (8, .resourceExhausted, "RESOURCE_EXHAUSTED"),
    (9, .failedPrecondition, "FAILED_PRECONDITION"), (10, .aborted, "ABORTED"),
    (11, .outOfRange, "OUT_OF_RANGE"), (12, .unimplemented, "UNIMPLEMENTED"),
    (13, .internal, "INTERNAL"), (14, .unavailable, "UNAVAILABLE"), (15, .dataLoss, "DATA_LOSS"),
    (16, .unauthenticated, "UNAUTHENTICATED"),
  ]

  @Test("each number is its code and has its name", arguments: table)
  func numberIsCode(number: Int, code: StatusCode, name: String) {
    #expect(StatusCode(rawValue: number) == code)
    #expect(code.rawValue == number)
    #expect(code.wireValue == number)
    #expect(code.name == name)
    #expect("\(code)" == name)
  }

  @Test(
    "a number from the future counts as UNKNOWN and is kept (R6)",
    arguments: [17, 255, 999_999_999, -1, Int.max, Int.min])
  func futureNumberIsUnknown(number: Int) {
    let code = StatusCode(rawValue: number)
    #expect(code == .unknown)
    #expect(code.hashValue == StatusCode.unknown.hashValue)
    #expect(code.rawValue == 2)
    #expect(code.wireValue == number)
    #expect("\(code)" == "UNKNOWN(\(number))")
  }
}
