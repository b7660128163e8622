public import Logging
public import RPCCore

extension HTTP2Server {
  /// What a server needs to know before it starts.
  public struct Configuration: Sendable {
    /// Where to listen, one or several.
    public var listen: [Endpoint]
    /// Nil for plaintext.
    public var tls: TLSConfiguration?
    /// Event loops, one thread each; 0 for one per core.
    public var eventLoopCount = 0
    /// Ceilings for what peers may do.
    public var limits = Limits()
    /// Whether responses are compressed for clients that accept it, unless a call says otherwise.
    public var compressesResponses = false
    /// What operators call the server, where there are several in a process.
    public var name = ""
    /// Where the server enters itself while it runs, for those who look into it; it gives the numbers of its
    /// connections too.
    public var directory = ServerDirectory()
    /// Is told of calls and connections.
    public var observer: (any ServerObserver)?
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
  }
}
