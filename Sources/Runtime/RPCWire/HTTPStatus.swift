internal import RPCCore

/// HTTP status codes, as far as gRPC gives them a meaning of its own.
enum HTTPStatus {
  /// The status of a response that has no grpc-status, judged by its `:status` alone (R7).
  ///
  /// Source: gRPC `doc/http-grpc-status-mapping.md`; 431 as there, INTERNAL (D2). 200 is UNKNOWN too: a
  /// gRPC server would have sent a grpc-status.
  static func statusCode(for httpStatus: Int) -> StatusCode {
    switch httpStatus {
    case 400, 431: .internal
    case 401: .unauthenticated
    case 403: .permissionDenied
    case 404: .unimplemented
    case 429, 502, 503, 504: .unavailable
    default: .unknown
    }
  }
}
