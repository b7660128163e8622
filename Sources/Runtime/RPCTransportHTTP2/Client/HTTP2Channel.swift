internal import HTTP2
internal import NIOCore
internal import NIOPosix
public import RPCCore
public import RPCPolicy
internal import Synchronization

/// A client's way to a server, however many addresses and connections that takes. Connections are made when first
/// needed and made again when lost.
///
/// Calls may come from any task. All work of a channel is done on one event loop, one core: who needs more makes
/// several channels. A task that prefers ``executor`` makes its calls without a hop between threads, several
/// times as many as others:
///
///     try await withTaskExecutorPreference(channel.executor) { … }
///
/// Close the channel when done with it.
public final class HTTP2Channel: ClientTransport {
  /// How the client names itself to servers, in the form of gRPC's specification.
  static let userAgent = "grpc-swift-pasarela/0.1.0"

  private let core: ChannelCore
  private let submissions: Submissions

  /// A channel that connects at its first call; `tls` nil means plaintext.
  public init(
    target: ChannelTarget, tls: ClientTLSConfiguration? = nil,
    configuration: Configuration = .init()
  ) {
    core = ChannelCore(
      eventLoop: MultiThreadedEventLoopGroup.singleton.next(), target: target,
      connector: ClientConnector(target: target, tls: tls), configuration: configuration)
    submissions = Submissions(core)
  }

  /// A channel to one place, which connects at its first call; `tls` nil means plaintext.
  public convenience init(
    endpoint: Endpoint, tls: ClientTLSConfiguration? = nil, configuration: Configuration = .init()
  ) {
    self.init(target: ChannelTarget(endpoint), tls: tls, configuration: configuration)
  }

  deinit {
    // Whoever forgets to close a channel must not leave its connections behind.
    let closed = core.eventLoop.makePromise(of: Void.self)
    core.eventLoop.execute { [core] in core.close(closed) }
  }

  /// Where the channel's work is done.
  public var executor: any TaskExecutor { core.executor }

  /// Makes one unary call, see ``RPCCore/ClientTransport``.
  public func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    var metadata = metadata
    let deadline = options.deadline(from: .now)
    if let credentials = options.credentials {
      try await add(credentials, for: method, to: &metadata, before: deadline)
    }
    let call = ClientCall(
      method: method, metadata: metadata, options: options, channel: core, deadline: deadline)
    let answer = await withTaskCancellationHandler {
      await UnaryCaller.suspended { caller in
        if core.eventLoop.inEventLoop {
          call.await(caller)
          core.begin(call, request)
        } else {
          submissions.add(Submission(call: call, request: request, caller: caller))
        }
      }
    } onCancel: {
      core.eventLoop.execute { call.cancelled() }
    }
    return try answer.get()
  }

  /// Begins a call with a stream, see ``RPCCore/ClientTransport``.
  public func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
  ) -> any ClientStream {
    let deadline = options.deadline(from: .now)
    guard let credentials = options.credentials else {
      let call = makeCall(method, metadata, options, deadline)
      core.run { [core] in core.begin(call, request) }
      return HeldCall(call)
    }
    return CredentialedStream { [self] () throws(RPCError) in
      var metadata = metadata
      try await add(credentials, for: method, to: &metadata, before: deadline)
      let call = makeCall(method, metadata, options, deadline)
      core.run { [core] in core.begin(call, request) }
      return HeldCall(call)
    }
  }

  private func makeCall(
    _ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions, _ deadline: Deadline?
  ) -> ClientCall {
    let call = ClientCall(
      method: method, metadata: metadata, options: options, channel: core, deadline: deadline)
    call.waiters = CallWaiters(eventLoop: core.eventLoop)
    return call
  }

  private func add(
    _ credentials: CallCredentials, for method: MethodDescriptor, to metadata: inout Metadata,
    before deadline: Deadline?
  ) async throws(RPCError) {
    guard core.connector.isPrivate(core.configuration) else {
      throw RPCError(.unauthenticated, "call credentials are sent over TLS and unix sockets only")
    }
    let request = CallCredentials.Request(method: method, authority: core.requestHeads.authority)
    metadata.append(contentsOf: try await credentials.metadata(for: request, before: deadline))
  }

  /// Takes another service config for calls that begin from now on.
  ///
  /// - Throws: what is wrong with it; the one before then stays (gRFC A21)
  public func setServiceConfig(json: String) throws(ServiceConfigError) {
    let config = try ServiceConfig(json: json)
    core.run { [core] in core.adopt(config) }
  }

  /// Takes no new calls, waits for running ones, then closes the connections.
  public func close() async {
    let closed = core.eventLoop.makePromise(of: Void.self)
    core.eventLoop.execute { [core] in core.close(closed) }
    try? await closed.futureResult.get()
  }
}

/// A unary call, and who waits for its answer.
private struct Submission {
  var call: ClientCall
  var request: [UInt8]
  var caller: UnaryCaller
}

/// Unary calls on their way to the loop from elsewhere: many are taken over with one wake-up.
private final class Submissions: Sendable {
  private struct Waiting {
    var calls: [Submission] = []
    var isWakeupScheduled = false
  }

  private let core: ChannelCore
  private let waiting = Mutex(Waiting())

  init(_ core: ChannelCore) { self.core = core }

  func add(_ submission: Submission) {
    let needsWakeup = waiting.withLock { waiting in
      waiting.calls.append(submission)
      defer { waiting.isWakeupScheduled = true }
      return !waiting.isWakeupScheduled
    }
    if needsWakeup { core.eventLoop.execute { [self] in takeOver() } }
  }

  private func takeOver() {
    let calls = waiting.withLock { waiting in
      waiting.isWakeupScheduled = false
      var taken: [Submission] = []
      swap(&taken, &waiting.calls)
      return taken
    }
    for submission in calls {
      submission.call.await(submission.caller)
      core.begin(submission.call, submission.request)
    }
  }
}
