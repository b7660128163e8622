public import HTTP2
public import Logging
internal import RPCCore
internal import RPCWire

extension HTTP2Server {
  /// What a server needs to know before it starts.
  public struct Configuration: Sendable {
    /// Where to listen, one or several.
    public var listen: [Endpoint]
    /// Nil for plaintext.
    public var tls: TLSConfiguration?
    /// Event loops, one thread each; 0 for one per core.
    public var eventLoopCount = 0
    /// The largest request message accepted, in bytes.
    public var maxRequestBytes = 4 << 20
    /// Handlers that may run at once for one connection; further calls are refused, to be tried again.
    /// Higher than the streams a client may have open, because a handler outlives a reset stream.
    public var runningHandlerCountMax = 200
    /// Ceilings for what peers may do.
    public var limits = HTTP2Limits()
    /// How long calls may go on after `shutdownGracefully`; what still runs then is cancelled.
    public var shutdownGrace: Duration = .seconds(30)
    /// Called once for each listener when it accepts calls, with the port that was really bound.
    public var onListening: @Sendable (Endpoint) -> Void = { _ in }
    /// Where connection errors go; never the content of calls.
    public var logger = Logger(label: "pasarela.server")

    /// Everything but the addresses has a default.
    public init(listen: [Endpoint], tls: TLSConfiguration? = nil) {
      self.listen = listen
      self.tls = tls
    }

    var wireLimits: RPCWire.Limits {
      var wire = RPCWire.Limits()
      wire.messageByteCountMax = maxRequestBytes
      wire.headerListByteCountMax = limits.headerListByteCountMax
      wire.headerFieldCountMax = limits.headerFieldCountMax
      return wire
    }
  }
}
