internal import RPCCore
internal import RPCPolicy

/// Sees to it that what was asked for happens once, although connections break and servers end.
///
/// Fills in the `request_id` of changes that have none, and makes reads and changes again, with the same bytes, as
/// ``RepetitionMachine`` says. Any other call passes as it is, and so do streams: a ``WatchSequence`` goes
/// on by itself.
struct CallRepeater: ClientInterceptor {
  let configuration: SafeMobilityClient.Configuration

  func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) async throws(RPCError) -> RawResponse {
    var request = request
    switch MethodNature.of(method) {
    case .other:
      return try await next.unary(method, request: request, metadata: metadata, options: options)
    case .read:
      break
    case .change(let field):
      var dice = configuration.time.dice
      request = RequestID.fill(request, field: field, using: &dice)
    }
    guard configuration.repeatsCalls else {
      return try await next.unary(method, request: request, metadata: metadata, options: options)
    }
    return try await attempt(
      method, request: request, metadata: metadata, options: options, next: next)
  }

  func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) -> any ClientStream {
    next.open(method, request: request, metadata: metadata, options: options)
  }

  private func attempt(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) async throws(RPCError) -> RawResponse {
    let time = configuration.time
    let start = time.now()
    var machine = RepetitionMachine(
      end: options.deadline(from: start) ?? Deadline(configuration.patience, after: start),
      attemptTimeout: configuration.attemptTimeout, backoff: configuration.backoff)
    var options = options
    options.timeout = nil
    while true {
      options.deadline = machine.attemptDeadline(at: time.now())
      do {
        return try await next.unary(method, request: request, metadata: metadata, options: options)
      } catch {
        var dice = time.dice
        switch machine.attemptFailed(error, at: time.now(), using: &dice) {
        case .fail: throw error
        case .pause(let pause): try await time.pause(pause)
        }
      }
    }
  }
}

extension TimeSource {
  /// Returns after a while.
  ///
  /// - Throws: CANCELLED when the task is cancelled
  func pause(_ duration: Duration) async throws(RPCError) {
    do {
      try await sleep(duration)
    } catch {
      throw RPCError(.cancelled, "the call was cancelled")
    }
  }
}
