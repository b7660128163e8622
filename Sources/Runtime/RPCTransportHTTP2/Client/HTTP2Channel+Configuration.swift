public import HTTP2
public import Logging
internal import RPCCore
public import RPCPolicy
internal import RPCWire

extension HTTP2Channel {
  /// What a channel does when it is not told otherwise.
  public struct Configuration: Sendable {
    /// How calls are balanced, retried, hedged and limited, by method (gRFC A2).
    public var serviceConfig = ServiceConfig()
    /// How long one attempt to connect may take, TLS and the server's SETTINGS included.
    public var connectTimeout: Duration = .seconds(20)
    /// The pauses after attempts to connect that failed.
    public var backoff = Backoff.connection
    /// Connections to one address at most. More than one are made when a server allows so few streams that calls
    /// wait.
    public var connectionCountMaxPerAddress = 4
    /// How long a connection beyond the first is kept without calls.
    public var extraConnectionIdleTime: Duration = .seconds(10)
    /// How long a channel keeps connections without calls; nil for ever.
    public var idleTimeout: Duration? = .seconds(30 * 60)
    /// When a silent connection is asked by a PING whether it still lives; nil for never. Servers end connections
    /// that ask more often than they like, most below five minutes (gRFC A8).
    public var keepalive: KeepaliveConfig?
    /// What finds the target's addresses; nil for the system's resolver.
    public var resolver: (any AddressResolver)?
    /// The shortest time between two questions to the resolver.
    public var resolutionPause: Duration = .seconds(30)
    /// The largest response message accepted, in bytes, unless a call says otherwise.
    public var maxResponseBytes = 4 << 20
    /// Bytes of requests that one call keeps for further attempts; a call that has sent more is not tried again.
    public var replayByteCountMax = 256 << 10
    /// Whether requests are compressed, unless a call says otherwise.
    public var compressesRequests = false
    /// How requests are compressed that are.
    public var requestEncoding = RequestEncoding.gzip
    /// The value of `:authority`; nil for the target's host and port.
    public var authority: String?
    /// Ceilings for what the server may do.
    public var limits = HTTP2Limits()
    /// Where connection errors go; never the content of calls.
    public var logger = Logger(label: "pasarela.client")

    /// The defaults.
    public init() {}
  }

  /// How requests are compressed, by the names of `grpc-encoding`.
  public enum RequestEncoding: Sendable, Hashable, CaseIterable {
    /// RFC 1952, which every peer knows.
    case gzip
    /// RFC 1950.
    case deflate

    var encoding: MessageEncoding {
      switch self {
      case .gzip: .gzip
      case .deflate: .deflate
      }
    }
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
