internal import RPCCore
internal import RPCWire

/// Header lists of requests and of responses.
///
/// The first byte is whether the transport left out fields. Then each field is a byte that picks a name
/// of the protocol, or else a name with its length before it, and a value with its length before it.
enum HeadersTarget {
  private struct Service: RPCService {
    static let serviceName = "s.S"

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          MethodDescriptor(service: Self.serviceName, method: "M", kind: .unary),
          .unary { request, _ in request })
      ]
    }
  }

  private static let names = [
    ":method", ":scheme", ":path", ":authority", ":status", "host", "content-type",
    "content-length", "te", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding", "grpc-status",
    "grpc-message", "grpc-status-details-bin", "user-agent", "a-bin", "a",
  ]

  private static let goodRequest = [
    (":method", "POST"), (":scheme", "http"), (":path", "/s.S/M"),
    ("content-type", "application/grpc"),
  ]

  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = FuzzInput(bytes)
    let isOversized = input.byte() & 1 == 1
    var requests = RequestHeadReader(router: Router(services: [Service()]))
    var responses = ResponseBlockReader()
    while !input.isEmpty {
      let pick = Int(input.byte())
      let name = pick < names.count ? Array(names[pick].utf8) : input.countedBytes()
      let value = input.countedBytes()
      requests.field(name: name.span, value: value.span)
      responses.field(name: name.span, value: value.span)
    }
    let outcome = requests.finish(isOversized: isOversized)
    _ = responses.finish(isOversized: isOversized)
    if case .call(let head) = outcome {
      try Finding.unless(!isOversized, "a list with fields missing became a call")
      try Finding.unless(head.timeout ?? .seconds(1) > .zero, "a call has no time left")
    }
    for (name, value) in goodRequest {
      requests.field(name: Array(name.utf8).span, value: Array(value.utf8).span)
    }
    guard case .call(let head) = requests.finish() else {
      throw Finding("a good request after this list is no call")
    }
    let isClean = head.metadata == Metadata() && head.timeout == nil
    try Finding.unless(isClean, "something of this list is in the next call")
  }
}
