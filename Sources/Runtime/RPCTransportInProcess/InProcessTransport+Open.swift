public import RPCCore

extension InProcessTransport {
  /// Begins a call with a stream, see ``RPCCore/ClientTransport``.
  ///
  /// Whoever writes waits while four messages have not been taken, on either side.
  public func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
  ) -> any ClientStream {
    let now = ContinuousClock.now
    let deadline = options.deadline(from: now)
    let handler = router.handler(forPath: method.path)
    let call = StreamedCall(
      kind: handler?.descriptor.kind ?? method.kind,
      limits: StreamedCallMachine.Limits(
        requestByteCountMax: options.maxRequestBytes,
        responseByteCountMax: options.maxResponseBytes ?? limits.messageByteCountMax,
        calls: limits))
    // The call is held by its end alone, so that it is cancelled when that is let go.
    let end = ClientEnd(call)
    if Task.isCancelled {
      call.tell { $0.cancel() }
    } else if let deadline, deadline.hasPassed(at: now) {
      call.tell { $0.fail(.deadlinePassed) }
    } else {
      if let deadline { call.end(at: deadline) }
      call.begin(with: request, endsThere: method.kind.hasOneRequest)
      call.run { [weak call] in
        do throws(RPCError) {
          let metadata = try await complete(metadata, for: method, options)
          let code = try streaming(handler, method)
          call?.admit(
            StreamedCall.Admission(
              code: code,
              call: ServerCall(
                method: method, requestMetadata: metadata, deadline: deadline, peer: peer,
                startedAt: now)))
        } catch {
          call?.tell { $0.fail(error) }
        }
      }
    }
    return end
  }

  private func streaming(
    _ handler: MethodHandler?, _ method: MethodDescriptor
  ) throws(RPCError) -> MethodHandler.Streaming {
    switch handler?.invocation {
    case .unary(let unary):
      // Called as what it is not, which the wire does not see: it has one message each way all the same.
      return { requests, responses, call in
        var requests = requests.makeAsyncIterator()
        guard let request = try await requests.next() else { throw RPCError.noRequest }
        try await responses.write(unary(request, call))
      }
    case .streaming(let code): return code
    case .unimplemented: throw .notBuilt(method)
    case nil: throw .unknown(method)
    }
  }
}
