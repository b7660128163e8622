import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// A server whose connections each follow a script, on a free loopback port for the length of a closure.
enum ScriptedServer {
  typealias Script = @Sendable (RawServed) throws -> Void
  typealias Configure = (inout HTTP2Channel.Configuration) -> Void

  /// Runs `body` with a channel to the server, and closes the channel.
  ///
  /// A script that fails is an issue of the test, unless the client went away from it.
  @discardableResult
  static func with<Result: Sendable>(
    _ script: @escaping Script, configure: Configure = { _ in },
    _ body: @Sendable (HTTP2Channel) async throws -> Result
  ) async throws -> Result {
    var configuration = HTTP2Channel.Configuration()
    configure(&configuration)
    let made = configuration
    return try await listening(script) { port in
      let channel = HTTP2Channel(
        endpoint: .tcp(host: "127.0.0.1", port: port), configuration: made)
      return try await Channels.closing(channel) { try await body(channel) }
    }
  }

  /// Runs `body` with the server's port.
  static func listening<Result: Sendable>(
    _ script: @escaping Script, _ body: @Sendable (Int) async throws -> Result
  ) async throws -> Result {
    let listener = try RawListener()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await serve(listener, script) }
      defer { listener.stop() }
      let result = try await body(listener.port)
      listener.stop()
      try await group.waitForAll()
      return result
    }
  }

  private static func serve(_ listener: RawListener, _ script: @escaping Script) async throws {
    try await withThrowingTaskGroup(of: Void.self) { scripts in
      var index = 0
      while let taken = try await accept(listener) {
        let number = index
        index += 1
        scripts.addTask { try await run(script, taken, number) }
      }
      try await scripts.waitForAll()
    }
  }

  /// A socket on its way to the one thread that uses it.
  private final class Taken: @unchecked Sendable {
    let socket: RawSocket
    init(_ socket: RawSocket) { self.socket = socket }
  }

  private static func accept(_ listener: RawListener) async throws -> Taken? {
    try await Wire.blocking { try listener.accept(withinMilliseconds: 60_000).map(Taken.init) }
  }

  private static func run(_ script: @escaping Script, _ taken: Taken, _ index: Int) async throws {
    try await Wire.blocking {
      do {
        try script(try RawServed(taken.socket, index: index))
      } catch is RawServed.Gone {
        // Whether that is right is for the client's side of the test to say.
      } catch {
        Issue.record(error, "the script of connection \(index) failed")
      }
      taken.socket.shutDown()
    }
  }
}

/// Short ways to channels and calls for tests of the client.
enum Channels {
  /// Closes the channel whatever comes of `body`.
  static func closing<Result>(
    _ channel: HTTP2Channel, _ body: () async throws -> Result
  ) async throws -> Result {
    do {
      let result = try await body()
      await close(channel)
      return result
    } catch {
      await close(channel)
      throw error
    }
  }

  /// Closes the channel; that it does not come to an end is an issue of the test, and keeps nobody waiting.
  static func close(_ channel: HTTP2Channel) async {
    let isClosed = Signal()
    Task {
      await channel.close()
      isClosed.set()
    }
    await isClosed.passed()
    #expect(isClosed.isSet, "the channel does not close")
  }
}

extension HTTP2Channel {
  /// A unary call that ends within twenty seconds, or another time.
  @discardableResult
  func ask(
    _ request: [UInt8] = [7], _ method: String = "Echo", metadata: Metadata = [:],
    options: CallOptions = CallOptions(timeout: .seconds(20))
  ) async throws(RPCError) -> [UInt8] {
    try await unary(
      WireWorld.method(method, .unary), request: request, metadata: metadata, options: options
    ).message
  }

  /// How a unary call ends; nil when with OK.
  func failure(
    _ request: [UInt8] = [7], _ method: String = "Echo", metadata: Metadata = [:],
    options: CallOptions = CallOptions(timeout: .seconds(20))
  ) async -> RPCError? {
    do throws(RPCError) {
      try await ask(request, method, metadata: metadata, options: options)
      return nil
    } catch {
      return error
    }
  }

  /// A call with streams, of the kind of its method in `WireWorld`.
  func stream(
    _ kind: CallKind, request: [UInt8]? = nil, method: String? = nil, metadata: Metadata = [:],
    options: CallOptions = CallOptions(timeout: .seconds(20))
  ) -> any ClientStream {
    let name = method ?? WireWorld.echoes.first { $0.kind == kind }?.name ?? ""
    return open(
      WireWorld.method(name, kind), request: request, metadata: metadata, options: options)
  }
}

extension ClientStream {
  /// All responses up to the end, and how it came; the error is nil after OK.
  func all() async -> (responses: [[UInt8]], error: RPCError?) {
    var responses: [[UInt8]] = []
    do throws(RPCError) {
      while let response = try await next() { responses.append(response) }
      return (responses, nil)
    } catch {
      return (responses, error)
    }
  }
}
