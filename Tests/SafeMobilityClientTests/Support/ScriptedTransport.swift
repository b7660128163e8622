import Protobuf
import RPCCore
import Synchronization

/// A server that is only a script, and a record of what it was asked.
final class ScriptedTransport: ClientTransport {
  struct Call: Sendable {
    /// 0 for the first call.
    var index: Int
    var method: MethodDescriptor
    var request: [UInt8]
    var metadata: Metadata
    var options: CallOptions
  }

  typealias Unary = @Sendable (Call) async throws(RPCError) -> [UInt8]
  typealias Open = @Sendable (Call) -> any ClientStream

  private let calls = Mutex<[Call]>([])
  private let answer: Unary
  private let stream: Open

  init(
    _ answer: @escaping Unary = { (_) throws(RPCError) in throw RPCError(.unimplemented, "") },
    open: @escaping Open = { _ in ScriptedStream([], end: .failure(RPCError(.unimplemented, ""))) }
  ) {
    self.answer = answer
    stream = open
  }

  var seen: [Call] { calls.withLock { $0 } }

  func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    RawResponse(message: try await answer(note(method, request, metadata, options)))
  }

  func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
  ) -> any ClientStream {
    stream(note(method, request ?? [], metadata, options))
  }

  private func note(
    _ method: MethodDescriptor, _ request: [UInt8], _ metadata: Metadata, _ options: CallOptions
  ) -> Call {
    calls.withLock {
      let call = Call(
        index: $0.count, method: method, request: request, metadata: metadata, options: options)
      $0.append(call)
      return call
    }
  }
}

/// The responses of a stream, and how it ends.
final class ScriptedStream: ClientStream {
  private let rest: Mutex<ArraySlice<[UInt8]>>
  private let end: Result<Void, RPCError>?

  /// - Parameter end: nil for a stream that hangs until it is cancelled
  init(_ messages: [[UInt8]], end: Result<Void, RPCError>?) {
    rest = Mutex(messages[...])
    self.end = end
  }

  func next() async throws(RPCError) -> [UInt8]? {
    if let message = rest.withLock({ $0.popFirst() }) { return message }
    guard let end else {
      try? await Task.sleep(for: .seconds(600))
      throw RPCError(.cancelled, "the call was cancelled")
    }
    try end.get()
    return nil
  }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {}
  func finish() {}
  func metadata() async throws(RPCError) -> Metadata { [:] }
  var trailingMetadata: Metadata { [:] }
  func cancel() {}
}

extension RPCError {
  /// A refusal as the programme's services make it.
  static func refusal(
    _ code: StatusCode, _ reason: String, retryAfter delay: Duration? = nil
  ) throws -> RPCError {
    let status = try GoogleRPC.Status.with {
      $0.code = Int32(code.rawValue)
      $0.details = [
        try .init(
          packing: GoogleRPC.ErrorInfo.with {
            $0.reason = reason
            $0.domain = "safemobility"
          })
      ]
      if let delay {
        $0.details.append(
          try .init(packing: GoogleRPC.RetryInfo.with { $0.retryDelay = .init(delay) }))
      }
    }
    return RPCError(code, "refused", details: try status.serializedBytes())
  }
}
