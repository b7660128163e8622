public import HTTP2
public import RPCCore

extension HTTP2Server {
  /// Everything that peers can make a server hold, run or wait for, each with its ceiling and reason.
  ///
  /// What one connection may do on the level of frames is in ``http2``, what one call may carry in
  /// ``calls``. The rest is what a whole server grants: to a connection, to an address, to everybody.
  public struct Limits: Sendable, Hashable {
    /// Frames, windows and floods of one connection.
    public var http2 = HTTP2Limits()

    /// Sizes of messages and header lists of one call.
    public var calls = CallLimits()

    // MARK: Running

    /// Handlers that may run at once for one connection; further calls are refused with REFUSED_STREAM, so
    /// that they are tried again. Higher than the streams a client may have open, because a handler
    /// outlives a reset stream (attack T1), and low enough that resetting them is no way to run thousands.
    public var runningHandlerCountMaxPerConnection = 200

    /// Handlers that may run at once for one address; further calls are refused in the same way. A hundred
    /// clients with a hundred streams behind one address must fit, and not take what everybody has.
    public var runningHandlerCountMaxPerAddress = 12_000

    /// Handlers that may run at once on the whole server. Each holds its request, and its task some KiB. Of
    /// this, of connections and of held bytes an address gets no more than half of what is left, whatever its
    /// own ceiling, so that a few addresses cannot take all.
    public var runningHandlerCountMax = 36_000

    // MARK: Connections

    /// Connections on the whole server; later ones are closed as they come. An idle one costs about 14 KiB
    /// and a file descriptor, a TLS one more than twice as much (attack T23).
    public var connectionCountMax = 20_000

    /// Connections of one address. Ministries sit behind one address with many clients, but not with a
    /// tenth of everything. An address is one of IPv4, or 64 bits of IPv6, which is the least that anybody has.
    /// Unix sockets have none and are not counted.
    public var connectionCountMaxPerAddress = 2_000

    // MARK: Held bytes

    /// Bytes of unfinished requests that one connection may make us keep; the call that goes over ends with
    /// RESOURCE_EXHAUSTED. Sixteen of the largest messages at once (attack T13).
    public var assemblingByteCountMaxPerConnection = 64 << 20

    /// Bytes that the connections of one address may make us keep: heads of calls, requests that are unfinished,
    /// wait for handlers or were given to unary ones, and responses that wait to be read. From there on a call
    /// whose request adds to them ends with RESOURCE_EXHAUSTED, and new ones are refused with REFUSED_STREAM.
    public var heldByteCountMaxPerAddress = 128 << 20

    /// The same for the whole server: what is left of memory when everything else is counted.
    public var heldByteCountMax = 512 << 20

    /// Bytes of complete requests that wait for handlers of one connection. From there on the client gets no
    /// more credit for the connection until handlers have taken some. Below it one slow handler does
    /// not hold up the connection's other calls.
    public var waitingByteCountMaxPerConnection = 8 << 20

    /// Bytes of one call's responses that wait to be sent; a handler that writes more waits. Enough to fill a
    /// write, and little enough that a thousand slow readers of streams cost 64 MiB. A unary response is as
    /// large as its handler makes it.
    public var unsentByteCountMaxPerCall = 64 << 10

    /// Bytes of all responses of one connection that wait to be sent. From there on its unary calls have their
    /// handlers called, and its streams are written to, when the client has taken some: one that reads no
    /// answers gets no more of them (attack T10). Unary handlers that run already may still answer.
    public var unsentByteCountMaxPerConnection = 16 << 20

    // MARK: Patience

    /// TLS handshake, preface and SETTINGS, from the moment there is a socket (attack T11).
    public var setupTime: Duration = .seconds(10)

    /// One header block, from its first frame to its last (attacks T3, T11).
    public var headerBlockTime: Duration = .seconds(10)

    /// How long a request may take from its head, or from its first byte where there are many, to be complete
    /// or to bring what ``byteRateMin`` asks for; then it has as long again. What all requests of a connection
    /// bring counts for each, since they share a link, for as long as the largest takes at that rate (attacks
    /// T10, T11).
    public var requestTime: Duration = .seconds(30)

    /// How long bytes may wait for a client that takes none of them, before their stream is reset; the same
    /// for a socket that takes none. Where more than ``unsentByteCountMaxPerCall`` waits and its handler has
    /// ended, as much must go in that time as ``byteRateMin`` asks for (attack T10).
    public var stallTime: Duration = .seconds(30)

    /// Bytes a second below which a large request or response is too slow: the worst mobile link does better.
    public var byteRateMin = 1 << 10

    /// The longest a call may take, until its last byte is taken, whatever deadline its client sets; nil for no
    /// limit of ours.
    public var callTimeMax: Duration?

    // MARK: Age

    /// Silence after which the server asks with a PING whether the client is still there (gRFC A8).
    public var keepaliveTime: Duration = .seconds(7_200)

    /// How long it waits for the answer before it gives the connection up.
    public var keepaliveTimeout: Duration = .seconds(20)

    /// How long a connection may be without calls before it is asked to end; nil for ever (gRFC A9).
    public var connectionIdleMax: Duration?

    /// How old a connection may become before it is asked to end, give or take a tenth, so that clients
    /// which came together do not leave together; nil for ever (gRFC A9).
    public var connectionAgeMax: Duration?

    /// How long calls may go on after that; nil for ever (gRFC A9).
    public var connectionAgeGrace: Duration?

    /// The answer to the PING of a graceful end; then the last GOAWAY goes out without it (rule C2).
    public var drainPingTime: Duration = .seconds(5)

    /// The defaults, for a server that faces strangers.
    public init() {}

    /// How long a request may take that keeps coming.
    var longestRequestTime: Duration {
      requestTime + .seconds(Double(calls.messageByteCountMax) / Double(max(1, byteRateMin)))
    }

    /// What must go by in that time.
    func byteCountMin(in time: Duration) -> Int {
      max(1, Int(Double(byteRateMin) * (time / .seconds(1))))
    }
  }
}
