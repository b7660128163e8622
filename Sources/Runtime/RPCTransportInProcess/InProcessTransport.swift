public import RPCCore

/// Carries calls to a router in the same process: no sockets, no bytes of HTTP, the same rules.
///
/// What a call meets here it would meet on the wire: limits of size, writers that wait for their readers, deadlines that
/// end the call even if the handler goes on, cancellation, UNIMPLEMENTED for what is not there. Nothing leaves the
/// process, so credentials are sent as over TLS; nothing is compressed. Handlers run as tasks of their own, on the
/// global executor, without the caller's task-local values.
public struct InProcessTransport: ClientTransport {
  let router: Router
  let peer: PeerIdentity
  let limits: CallLimits
  private let authority: String

  /// A transport to the handlers of `router`.
  ///
  /// - Parameters:
  ///   - router: what can be called
  ///   - peer: who the handlers see calling
  ///   - limits: for requests, responses and metadata alike
  ///   - authority: the server's name, as the credentials of a call are told it
  public init(
    router: Router, peer: PeerIdentity = PeerIdentity(address: "in-process"),
    limits: CallLimits = CallLimits(), authority: String = "in-process"
  ) {
    self.router = router
    self.peer = peer
    self.limits = limits
    self.authority = authority
  }

  /// Makes one unary call, see ``RPCCore/ClientTransport``.
  public func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    if Task.isCancelled { throw .cancelled }
    let now = ContinuousClock.now
    let deadline = options.deadline(from: now)
    if let deadline, deadline.hasPassed(at: now) { throw .deadlinePassed }
    let answer = await FirstAnswer<RawResponse>.of(deadline: deadline) { () throws(RPCError) in
      let metadata = try await complete(metadata, for: method, options)
      let handler = try handler(for: method)
      try check(request, options)
      let call = ServerCall(
        method: method, requestMetadata: metadata, deadline: deadline, peer: peer, startedAt: now)
      return try await run(handler, request: request, call: call)
    }
    let response = try answer.get()
    if response.message.count > options.maxResponseBytes ?? limits.messageByteCountMax {
      throw RPCError(.resourceExhausted, "the response is larger than the limit")
    }
    return response
  }

  /// The metadata that is sent: the call's own, and what its credentials make.
  func complete(
    _ metadata: Metadata, for method: MethodDescriptor, _ options: CallOptions
  ) async throws(RPCError) -> Metadata {
    var metadata = metadata
    if let credentials = options.credentials {
      let request = CallCredentials.Request(method: method, authority: authority)
      metadata.append(contentsOf: try await credentials.metadata(for: request))
    }
    try check(metadata, of: "request")
    return metadata
  }

  func check(_ metadata: Metadata, of side: String) throws(RPCError) {
    if limits.areExceeded(by: metadata) {
      throw RPCError(.resourceExhausted, "the \(side)'s metadata is over the limit")
    }
  }

  private func check(_ request: [UInt8], _ options: CallOptions) throws(RPCError) {
    if let most = options.maxRequestBytes, request.count > most {
      throw RPCError(.resourceExhausted, "the request is larger than the call's limit")
    }
    if request.count > limits.messageByteCountMax {
      throw RPCError(.resourceExhausted, "the request is larger than the limit")
    }
  }

  private func handler(for method: MethodDescriptor) throws(RPCError) -> MethodHandler.Unary {
    guard let handler = router.handler(forPath: method.path) else { throw .unknown(method) }
    switch handler.invocation {
    case .unary(let unary):
      return unary
    case .streaming:
      throw RPCError(.unimplemented, "the method \(method.fullName) is not unary")
    case .unimplemented:
      throw .notBuilt(method)
    }
  }

  private func run(
    _ handler: MethodHandler.Unary, request: [UInt8], call: ServerCall
  ) async throws(RPCError) -> RawResponse {
    let message: [UInt8]
    do {
      message = try await handler(request, call)
    } catch {
      var told = RPCError(thrownByHandler: error)
      // Nothing was sent before the error, so everything travels in the trailers.
      let outgoing = call.outgoing ?? ServerCall.Outgoing()
      var all = outgoing.response
      all.append(contentsOf: outgoing.trailing)
      all.append(contentsOf: told.metadata)
      try check(all, of: "response")
      told.metadata = all
      throw told
    }
    let outgoing = call.outgoing ?? ServerCall.Outgoing()
    try check(outgoing.response, of: "response")
    try check(outgoing.trailing, of: "response")
    return RawResponse(
      message: message, metadata: outgoing.response, trailingMetadata: outgoing.trailing)
  }
}

extension RPCError {
  static let cancelled = RPCError(.cancelled, "the call was cancelled")
  static let deadlinePassed = RPCError(.deadlineExceeded, "the deadline passed")

  /// The server has no such method.
  static func unknown(_ method: MethodDescriptor) -> RPCError {
    RPCError(.unimplemented, "there is no method \(method.path)")
  }

  /// The server's schema has it and its programme has not.
  static func notBuilt(_ method: MethodDescriptor) -> RPCError {
    RPCError(.unimplemented, "the method \(method.fullName) is not implemented")
  }
}
