import Protobuf
import RPCCore
import Testing

/// A call of one method, made straight through its handler, as a transport would make it.
///
/// The responses can be held back, as those of a client that does not read.
final class DrivenCall: Sendable {
  private let requests = RequestQueue()
  private let responses: ResponseLog
  private let task: Task<Void, Never>

  /// Begins the call.
  ///
  /// - Parameters:
  ///   - heldBack: whether each response waits for a `takeOne`
  ///   - address: who calls, as a transport writes it
  init(
    _ service: any RPCService, _ method: String, heldBack: Bool = false,
    from address: String = "test"
  ) throws {
    let handler = try Self.handler(service, method)
    guard case .streaming(let body) = handler.invocation else {
      throw RPCError(.unimplemented, "\(method) does not stream")
    }
    let (requests, responses) = (requests, ResponseLog(isHeldBack: heldBack))
    self.responses = responses
    task = Task {
      do {
        try await body(
          RawRequests(requests), RawResponses(responses), Self.call(handler, from: address))
        responses.end(nil)
      } catch {
        responses.end(error)
      }
    }
  }

  /// Sends a request.
  func send(_ message: some Message) throws { requests.send(try message.serializedBytes()) }

  /// Says that there are no more requests.
  func end() { requests.end() }

  /// Lets one response of those held back leave.
  func takeOne() { responses.takeOne() }

  /// Gives the call up, as a client that goes away does.
  func cancel() { task.cancel() }

  /// The next response; nil when the call has ended with OK.
  ///
  /// - Throws: what the handler threw.
  func next<Response: RPCMessage>(as response: Response.Type = Response.self) async throws
    -> Response?
  {
    guard let bytes = try await responses.next() else { return nil }
    // SAFETY: bytes have no padding that a raw view could show.
    return unsafe try Response(serializedBytes: bytes.span.bytes)
  }

  /// Makes a unary call.
  static func unary<Response: RPCMessage>(
    _ service: any RPCService, _ method: String, _ request: some Message,
    as response: Response.Type = Response.self
  ) async throws -> Response {
    let handler = try handler(service, method)
    guard case .unary(let body) = handler.invocation else {
      throw RPCError(.unimplemented, "\(method) is not unary")
    }
    let bytes = try await body(request.serializedBytes(), call(handler))
    // SAFETY: bytes have no padding that a raw view could show.
    return unsafe try Response(serializedBytes: bytes.span.bytes)
  }

  private static func handler(
    _ service: any RPCService, _ method: String
  ) throws -> MethodHandler {
    try #require(service.methods().first { $0.descriptor.method == method })
  }

  private static func call(
    _ handler: MethodHandler, from address: String = "test"
  ) -> ServerCall {
    ServerCall(
      method: handler.descriptor, peer: PeerIdentity(address: address), startedAt: .now)
  }
}
