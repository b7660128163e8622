internal import RPCCore
internal import Synchronization

/// The methods of the suite that have a stream on at least one side.
///
/// A call that is waited for has a number, in its metadata under `x-number`.
struct StreamService: RPCService {
  static let serviceName = "suite.v1.Streams"

  let world: CallWorld

  static func method(_ name: String, _ kind: CallKind) -> MethodDescriptor {
    MethodDescriptor(service: serviceName, method: name, kind: kind)
  }

  func methods() -> [MethodHandler] {
    [
      stream("Mirror", .bidirectionalStreaming, mirror),
      stream("Wander", .bidirectionalStreaming, wander),
      stream("Gather", .clientStreaming, gather),
      stream("Sizes", .serverStreaming, sizes),
      stream("FailBehind", .serverStreaming, failBehind),
      stream("Boast", .serverStreaming, boast),
      stream("HeadersFirst", .bidirectionalStreaming, headersFirst),
      stream("Hasty", .bidirectionalStreaming, hasty),
      stream("Silent", .clientStreaming) { requests, _, _ in for try await _ in requests {} },
      stream("Twice", .clientStreaming, twice),
      stream("Respond", .bidirectionalStreaming, respond),
      stream("Sleep", .bidirectionalStreaming, sleep),
      stream("SleepDeaf", .serverStreaming, sleepDeaf),
      stream("Pump", .serverStreaming, pump),
      .unimplemented(Self.method("Later", .serverStreaming)),
    ]
  }

  private func stream(
    _ name: String, _ kind: CallKind, _ body: @escaping MethodHandler.Streaming
  ) -> MethodHandler {
    MethodHandler(Self.method(name, kind), .streaming(body))
  }

  /// Gives each request back, and the metadata in the head and in the trailers.
  private func mirror(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    for field in call.requestMetadata where field.name.hasPrefix("x-head") {
      try call.responseMetadata.append(field.name, field.value)
    }
    for field in call.requestMetadata where field.name.hasPrefix("x-tail") {
      try call.trailingMetadata.append(field.name, field.value)
    }
    for try await request in requests { try await responses.write(request) }
  }

  /// Gives each request back, on another executor than the transport's, where it stays to its end.
  private func wander(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try await withTaskExecutorPreference(globalConcurrentExecutor) {
      for try await request in requests { try await responses.write(request) }
    }
  }

  /// Says how many requests there were, and how many bytes.
  private func gather(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    var (count, byteCount) = (0, 0)
    for try await request in requests {
      count += 1
      byteCount += request.count
    }
    try await responses.write(Array("\(count) \(byteCount)".utf8))
  }

  /// Responses of the sizes that the request's text lists.
  private func sizes(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    for try await request in requests {
      for size in String(decoding: request, as: UTF8.self).split(separator: ",") {
        try await responses.write([UInt8](repeating: 0x2A, count: Int(size) ?? 0))
      }
    }
  }

  /// As many responses as the request's first byte says, and then an error.
  private func failBehind(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try call.responseMetadata.append("x-head", "1")
    for try await request in requests {
      for number in 0..<(request.first ?? 0) { try await responses.write([number]) }
    }
    throw RPCError(.aborted, "no %20 más", details: [0, 1, 0xFF], metadata: ["x-error": "2"])
  }

  /// One response, and more in the trailers than a client takes.
  private func boast(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    let long = String(repeating: "a", count: CallWorld.limits.headerListByteCountMax)
    try call.trailingMetadata.append("x-long", long)
    for try await request in requests { try await responses.write(request) }
  }

  /// Sends its headers before there is anything else to send.
  private func headersFirst(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try call.responseMetadata.append("x-head", "1")
    try await responses.sendHeaders()
    for try await _ in requests {}
  }

  /// Ends after the first request, whatever else may come.
  private func hasty(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    for try await request in requests {
      try await responses.write(request)
      return
    }
  }

  /// One response too many, and it lets the refusal through.
  private func twice(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    for try await _ in requests {}
    try await responses.write([1])
    try await responses.write([2])
  }

  /// As many responses as there are bytes in all requests together, which may be called as another kind.
  private func respond(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    var all: [UInt8] = []
    for try await request in requests { all += request }
    for byte in all { try await responses.write([byte]) }
  }

  // MARK: Calls with a number

  /// Takes no request, and waits to be cancelled.
  private func sleep(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try await noting(call) { _ in try await Task.sleep(for: .seconds(60)) }
  }

  /// Goes on until the case releases it, cancelled or not.
  private func sleepDeaf(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    let world = world
    try await noting(call) { _ in
      await Task.detached {
        let end = ContinuousClock.now + .seconds(60)
        while !world.lastSeen.isReleased, ContinuousClock.now < end {
          try? await Task.sleep(for: .milliseconds(5))
        }
      }.value
    }
  }

  /// Writes without end, and counts what it got rid of.
  private func pump(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    let message = [UInt8](repeating: 0x2A, count: Calls.pumpedByteCount)
    try await noting(call) { number in
      while true {
        try await responses.write(message)
        world.seen.withLock { $0.writtenCounts[number, default: 0] += 1 }
      }
    }
  }

  private func noting(_ call: ServerCall, _ body: (UInt8) async throws -> Void) async throws {
    let number = call.requestMetadata["x-number"].flatMap { UInt8($0) } ?? 0
    world.seen.withLock { _ = $0.started.insert(number) }
    do {
      try await body(number)
    } catch {
      if error is CancellationError {
        world.seen.withLock { _ = $0.cancelled.insert(number) }
      }
      throw error
    }
    world.seen.withLock { _ = $0.ended.insert(number) }
  }
}
