public import HTTP2
public import Logging
internal import NIOCore
internal import NIOPosix
public import RPCCore

/// One HTTP/2 connection to a server, made when first needed and made again when lost.
///
/// Calls may come from any task; they share the connection. Close the channel when done with it.
public final class HTTP2Channel: ClientTransport {
  /// What a channel does when it is not told otherwise.
  public struct Configuration: Sendable {
    /// How long one attempt to connect may take, TLS included.
    public var connectTimeout: Duration = .seconds(20)
    /// Reconnect backoff: the first pause, the factor for each next, the ceiling.
    public var backoffInitial: Duration = .seconds(1)
    public var backoffMultiplier = 1.6
    public var backoffMax: Duration = .seconds(120)
    /// The largest response message accepted, in bytes, unless a call says otherwise.
    public var maxResponseBytes = 4 << 20
    /// The value of `:authority`; nil for the target's host and port.
    public var authority: String?
    /// Ceilings for what the server may do.
    public var limits = HTTP2Limits()
    /// Where connection errors go; never the content of calls.
    public var logger = Logger(label: "pasarela.client")

    /// The defaults.
    public init() {}
  }

  /// How the client names itself to servers, in the form of gRPC's specification.
  static let userAgent = "grpc-swift-pasarela/0.1.0"

  private let core: ChannelCore
  private let configuration: Configuration

  /// A channel that connects at its first call; `tls` nil means plaintext.
  public init(
    target: Endpoint, tls: ClientTLSConfiguration? = nil, configuration: Configuration = .init()
  ) {
    self.configuration = configuration
    core = ChannelCore(
      eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
      connector: ClientConnector(target: target, tls: tls), configuration: configuration)
  }

  deinit {
    // Whoever forgets to close a channel must not leave its connection behind.
    let closed = core.eventLoop.makePromise(of: Void.self)
    core.eventLoop.execute { [core] in core.close(closed) }
  }

  /// Makes one unary call, see ``RPCCore/ClientTransport``.
  public func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    let call = ClientCall(
      method: method, request: request, metadata: metadata,
      deadline: options.deadline(from: .now),
      responseByteCountMax: options.maxResponseBytes ?? configuration.maxResponseBytes)
    let answer = await withTaskCancellationHandler {
      await withCheckedContinuation { caller in
        core.eventLoop.execute { [core] in
          call.await(caller)
          core.submit(call)
        }
      }
    } onCancel: {
      core.eventLoop.execute { [core] in core.cancel(call) }
    }
    return try answer.get()
  }

  /// Takes no new calls, waits for running ones, then closes the connection.
  public func close() async {
    let closed = core.eventLoop.makePromise(of: Void.self)
    core.eventLoop.execute { [core] in core.close(closed) }
    try? await closed.futureResult.get()
  }
}

extension HTTP2Channel.Configuration {
  /// The limits of metadata in responses.
  var callLimits: CallLimits {
    var limits = CallLimits()
    limits.messageByteCountMax = maxResponseBytes
    return limits
  }
}
