public import RPCCore

/// Carries calls to a router in the same process: no sockets, no bytes of HTTP, the same rules.
///
/// What a call meets here it would meet on the wire: limits of size, deadlines that end the wait even if
/// the handler goes on, cancellation, UNIMPLEMENTED for what is not there. Handlers run as tasks of
/// their own, on the global executor, without the caller's task-local values.
public struct InProcessTransport: ClientTransport {
  private let router: Router
  private let peer: PeerIdentity
  private let limits: CallLimits

  /// A transport to the handlers of `router`.
  ///
  /// - Parameters:
  ///   - router: what can be called
  ///   - peer: who the handlers see calling
  ///   - limits: for requests, responses and metadata alike
  public init(
    router: Router, peer: PeerIdentity = PeerIdentity(address: "in-process"),
    limits: CallLimits = CallLimits()
  ) {
    self.router = router
    self.peer = peer
    self.limits = limits
  }

  /// Makes one unary call, see ``RPCCore/ClientTransport``.
  public func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    if Task.isCancelled { throw .cancelled }
    let now = ContinuousClock.now
    let deadline = options.deadline(from: now)
    if let deadline, deadline.hasPassed(at: now) { throw .deadlinePassed }
    try check(metadata, of: "request")
    let handler = try handler(for: method)
    if request.count > limits.messageByteCountMax {
      throw RPCError(.resourceExhausted, "the request is larger than the limit")
    }
    let call = ServerCall(
      method: method, requestMetadata: metadata, deadline: deadline, peer: peer, startedAt: now)
    let response: RawResponse
    do {
      response = try await answer(to: request, call: call, handler: handler)
    } catch {
      try check(error.metadata, of: "response")
      throw error
    }
    if response.message.count > options.maxResponseBytes ?? limits.messageByteCountMax {
      throw RPCError(.resourceExhausted, "the response is larger than the limit")
    }
    try check(response.metadata, of: "response")
    try check(response.trailingMetadata, of: "response")
    return response
  }

  private func handler(for method: MethodDescriptor) throws(RPCError) -> MethodHandler.Unary {
    guard let handler = router.handler(forPath: method.path) else {
      throw RPCError(.unimplemented, "there is no method \(method.path)")
    }
    switch handler.invocation {
    case .unary(let unary):
      return unary
    case .streaming:
      throw RPCError(.unimplemented, "the method \(method.fullName) is not unary")
    case .unimplemented:
      throw RPCError(.unimplemented, "the method \(method.fullName) is not implemented")
    }
  }

  private func check(_ metadata: Metadata, of side: String) throws(RPCError) {
    if metadata.count > limits.headerFieldCountMax
      || metadata.listByteCount > limits.headerListByteCountMax
    {
      throw RPCError(.resourceExhausted, "the \(side)'s metadata is over the limit")
    }
  }

  /// The first of three: what the handler answers, the deadline, the caller's cancellation.
  private func answer(
    to request: [UInt8], call: ServerCall, handler: @escaping MethodHandler.Unary
  ) async throws(RPCError) -> RawResponse {
    let answer = FirstAnswer()
    // Not children of this task: a caller does not wait for a handler that overstays its deadline, just
    // as it does not on the wire.
    let handling = Task.detached {
      answer.give(await Self.run(handler, request: request, call: call))
    }
    let timing = call.deadline.map { deadline in
      Task.detached {
        do {
          try await Task.sleep(until: deadline.instant, clock: .continuous)
          answer.give(.failure(.deadlinePassed))
        } catch {
          // Cancelled, because the answer is there already.
        }
      }
    }
    defer {
      handling.cancel()
      timing?.cancel()
    }
    return try await withTaskCancellationHandler {
      await answer.value
    } onCancel: {
      answer.give(.failure(.cancelled))
    }.get()
  }

  private static func run(
    _ handler: MethodHandler.Unary, request: [UInt8], call: ServerCall
  ) async -> Result<RawResponse, RPCError> {
    do {
      let message = try await handler(request, call)
      let outgoing = call.outgoing ?? ServerCall.Outgoing()
      return .success(
        RawResponse(
          message: message, metadata: outgoing.response, trailingMetadata: outgoing.trailing))
    } catch {
      var told = RPCError(thrownByHandler: error)
      // Nothing was sent before the error, so everything travels in the trailers.
      let outgoing = call.outgoing ?? ServerCall.Outgoing()
      var all = outgoing.response
      all.append(contentsOf: outgoing.trailing)
      all.append(contentsOf: told.metadata)
      told.metadata = all
      return .failure(told)
    }
  }
}

extension RPCError {
  fileprivate static let cancelled = RPCError(.cancelled, "the call was cancelled")
  fileprivate static let deadlinePassed = RPCError(.deadlineExceeded, "the deadline passed")
}
