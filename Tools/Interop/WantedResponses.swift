/// What requests of a stream want to be answered, without the rest of them: a payload is megabytes, and what
/// it asks for a few bytes.
struct WantedResponses {
  /// One response.
  struct Response: Hashable {
    var byteCount: Int32
    var pauseMicroseconds: Int32
    var isCompressed: Bool
  }

  private(set) var responses: [Response] = []
  /// The status that ends the call behind these responses; nil for success.
  private(set) var status: GrpcTesting.EchoStatus?

  /// Adds what one more request asks for. A status that is asked for comes instead of the request's own
  /// responses, and nothing comes after it.
  mutating func add(_ request: GrpcTesting.StreamingOutputCallRequest) {
    if status != nil { return }
    if let status = request.responseStatus, status.code != 0 {
      self.status = status
      return
    }
    responses += request.responseParameters.map { parameters in
      Response(
        byteCount: parameters.size, pauseMicroseconds: parameters.intervalUs,
        isCompressed: parameters.compressed?.value ?? false)
    }
  }
}
