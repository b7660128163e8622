import RPCCore
import Synchronization

/// The services of the tests that speak frames, and what their handlers have seen.
///
/// Each of the first four methods answers with what it was given, in the manner of its kind.
final class WireWorld: Sendable {
  static let serviceName = "wire.v1.Kinds"

  /// The method of each kind that gives back what it gets.
  static let echoes: [(kind: CallKind, name: String)] = [
    (.unary, "Echo"), (.serverStreaming, "Twice"), (.clientStreaming, "Gather"),
    (.bidirectionalStreaming, "Mirror"),
  ]

  struct Seen: Sendable {
    var metadata: [String: [String]] = [:]
    /// How long the caller had left when the handler began; nil for ever.
    var remaining: Duration?
    var startedCount = 0
    var cancelledCount = 0
  }

  private let seen = Mutex(Seen())
  private let interceptors: [any ServerInterceptor]
  private let unknownMethod: MethodHandler.Streaming?

  init(
    interceptors: [any ServerInterceptor] = [], unknownMethod: MethodHandler.Streaming? = nil
  ) {
    self.interceptors = interceptors
    self.unknownMethod = unknownMethod
  }

  var router: Router {
    Router(
      services: [Service(world: self)], interceptors: interceptors, unknownMethod: unknownMethod)
  }

  var lastSeen: Seen { seen.withLock { $0 } }

  static func method(_ name: String, _ kind: CallKind) -> MethodDescriptor {
    MethodDescriptor(service: serviceName, method: name, kind: kind)
  }

  /// Waits, for a bounded time, until the handlers have got so far.
  func eventually(_ holds: (Seen) -> Bool) async throws -> Bool {
    for _ in 0..<2000 {
      if holds(lastSeen) { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  fileprivate func note(_ call: ServerCall) throws {
    seen.withLock { seen in
      seen.startedCount += 1
      seen.remaining = call.deadline?.remaining(at: .now)
      seen.metadata = [:]
      for field in call.requestMetadata {
        let text =
          switch field.value {
          case .string(let text): text
          case .binary(let bytes): "\(bytes)"
          }
        seen.metadata[field.name, default: []].append(text)
      }
    }
    for field in call.requestMetadata where field.name.hasPrefix("x-head") {
      try call.responseMetadata.append(field.name, field.value)
    }
    for field in call.requestMetadata where field.name.hasPrefix("x-tail") {
      try call.trailingMetadata.append(field.name, field.value)
    }
    if call.requestMetadata["x-zip"] == "yes" { call.compressesResponses = true }
    if call.requestMetadata["x-zip"] == "no" { call.compressesResponses = false }
    if let code = call.requestMetadata["x-fail"].flatMap({ Int($0) }) {
      throw RPCError(StatusCode(rawValue: code), call.requestMetadata["x-text"] ?? "")
    }
    if call.requestMetadata["x-throw"] != nil { throw Secret(path: "/etc/secret") }
  }

  fileprivate func noteCancelled() { seen.withLock { $0.cancelledCount += 1 } }

  private struct Secret: Error {
    var path: String
  }
}

private struct Service: RPCService {
  static let serviceName = WireWorld.serviceName

  let world: WireWorld

  func methods() -> [MethodHandler] {
    let plain: [MethodHandler] = [
      MethodHandler(
        WireWorld.method("Echo", .unary),
        .unary { request, call in
          try world.note(call)
          return request
        }),
      MethodHandler(
        WireWorld.method("Sleep", .unary),
        .unary { request, call in
          try await sleep(call)
          return request
        }),
      stream("Twice", .serverStreaming, twice), stream("Gather", .clientStreaming, gather),
      stream("Mirror", .bidirectionalStreaming, mirror),
      stream("SleepDown", .serverStreaming) { _, _, call in try await sleep(call) },
      stream("SleepUp", .clientStreaming) { _, _, call in try await sleep(call) },
      stream("SleepBoth", .bidirectionalStreaming) { _, _, call in try await sleep(call) },
      stream("HeadersFirst", .bidirectionalStreaming, headersFirst),
      stream("Hasty", .bidirectionalStreaming) { _, responses, _ in
        try await responses.write([7])
      },
      stream("FailLate", .serverStreaming) { _, responses, _ in
        try await responses.write([1])
        throw RPCError(.dataLoss, "late")
      },
      stream("None", .clientStreaming) { requests, _, _ in for try await _ in requests {} },
      stream("Two", .clientStreaming) { requests, responses, _ in
        for try await _ in requests {}
        try await responses.write([1])
        try await responses.write([2])
      },
      .unimplemented(WireWorld.method("Later", .unary)),
    ]
    return plain + typed
  }

  // MARK: The kinds

  private func twice(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try world.note(call)
    for try await request in requests {
      try await responses.write(request)
      try await responses.write(request)
    }
  }

  private func gather(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try world.note(call)
    var all: [UInt8] = []
    for try await request in requests { all += request }
    try await responses.write(all)
  }

  private func mirror(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try world.note(call)
    do {
      for try await request in requests { try await responses.write(request) }
    } catch {
      if error is CancellationError { world.noteCancelled() }
      throw error
    }
  }

  private func headersFirst(
    _ requests: RawRequests, _ responses: RawResponses, _ call: ServerCall
  ) async throws {
    try world.note(call)
    try await responses.sendHeaders()
    for try await _ in requests {}
  }

  private func sleep(_ call: ServerCall) async throws {
    try world.note(call)
    do {
      try await Task.sleep(for: .seconds(30))
    } catch {
      world.noteCancelled()
      throw error
    }
  }

  private func stream(
    _ name: String, _ kind: CallKind, _ body: @escaping MethodHandler.Streaming
  ) -> MethodHandler {
    MethodHandler(WireWorld.method(name, kind), .streaming(body))
  }

  // MARK: With messages

  /// The methods whose requests must be a `Marked`, one of each kind.
  private var typed: [MethodHandler] {
    [
      .unary(WireWorld.method("TypedEcho", .unary)) { (request: Marked, _) in request },
      .serverStreaming(WireWorld.method("TypedTwice", .serverStreaming)) {
        (request: Marked, responses: ResponseStream<Marked>, _) in
        try await responses.write(request)
      },
      .clientStreaming(WireWorld.method("TypedGather", .clientStreaming)) {
        (requests: RequestStream<Marked>, _) in
        for try await _ in requests {}
        return Marked()
      },
      .bidirectionalStreaming(WireWorld.method("TypedMirror", .bidirectionalStreaming)) {
        (requests: RequestStream<Marked>, responses: ResponseStream<Marked>, _) in
        for try await request in requests { try await responses.write(request) }
      },
    ]
  }
}

/// A message that is one byte, always the same.
private struct Marked: RPCMessage {
  static let mark: UInt8 = 0x4D

  struct NotOne: Error {}

  init() {}

  init(serializedBytes: RawSpan) throws {
    guard serializedBytes.byteCount == 1 else { throw NotOne() }
    // SAFETY: there is the one byte that is loaded, and any bits are a UInt8.
    let byte = unsafe serializedBytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
    guard byte == Self.mark else { throw NotOne() }
  }

  func serialize(into buffer: inout [UInt8]) throws { buffer.append(Self.mark) }
}
