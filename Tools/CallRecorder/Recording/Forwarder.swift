public import RPCCore

/// Hands every call on to another server, whatever its service, with the bytes of its messages as they are.
///
/// With a ``RecordingInterceptor`` around its transport it is a proxy that records, for which no schema is needed.
public struct Forwarder: Sendable {
  private let next: any ClientTransport

  /// Forwards to what `next` leads to.
  public init(to next: any ClientTransport) {
    self.next = next
  }

  /// For ``Router``, as the handler of methods that nobody registered.
  public var handler: MethodHandler.Streaming {
    { [next] requests, responses, call in
      let method = MethodDescriptor(
        service: call.method.service, method: call.method.method, kind: .bidirectionalStreaming)
      let stream = next.open(
        method, request: nil, metadata: call.requestMetadata,
        options: CallOptions(deadline: call.deadline))
      try await Self.forward(requests, to: stream, and: responses, call)
    }
  }

  private static func forward(
    _ requests: RawRequests, to stream: any ClientStream, and responses: RawResponses,
    _ call: ServerCall
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          for try await request in requests { try await stream.write(request, compressed: nil) }
          stream.finish()
        } catch is RPCError {
          // How the call has ended is what reading its responses tells.
        } catch {
          stream.cancel()
          throw error
        }
      }
      do {
        // A failure that has overtaken the headers comes again behind the responses that were before it.
        if let metadata = try? await stream.metadata() {
          call.responseMetadata = metadata
          try await responses.sendHeaders()
        }
        while let response = try await stream.next() { try await responses.write(response) }
        call.trailingMetadata = stream.trailingMetadata
      } catch {
        group.cancelAll()
        guard let error = error as? RPCError else {
          stream.cancel()
          throw error
        }
        // What came to the proxy as a reset goes on as one.
        if let code = error.resetCode { throw StreamReset(code: code) }
        throw error
      }
      // The server may answer without having read everything.
      group.cancelAll()
    }
  }
}
