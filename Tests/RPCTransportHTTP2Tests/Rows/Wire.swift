import RPCCore
import RPCTransportHTTP2
import RawHTTP2

/// Short ways to a server and what is said to it, for tests that speak frames.
enum Wire {
  struct WrongEndpoint: Error {}

  typealias Configure = (inout HTTP2Server.Configuration) -> Void

  /// A change of the server's configuration, for a call that has another closure too.
  static func setting(_ change: @escaping Configure) -> Configure { change }

  /// A server with the services of the tests, and its port.
  static func withServer<Result: Sendable>(
    _ router: Router = WireWorld().router, tls: TLSConfiguration? = nil,
    configure: Configure = { _ in },
    _ body: @Sendable (Int) async throws -> Result
  ) async throws -> Result {
    try await ServerUnderTest.with(router, tls: tls, configure: configure) { address, _ in
      try await body(port(of: address))
    }
  }

  /// The same with a client that reads properly.
  static func withClient<Result: Sendable>(
    _ router: Router = WireWorld().router, configure: Configure = { _ in },
    _ body: @escaping @Sendable (RawClient) throws -> Result
  ) async throws -> Result {
    try await withServer(router, configure: configure) { port in
      try await blocking { try body(try RawClient(port: port)) }
    }
  }

  /// The same with a connection that is read frame by frame.
  static func withConnection<Result: Sendable>(
    _ router: Router = WireWorld().router, configure: Configure = { _ in },
    _ body: @escaping @Sendable (RawConnection) throws -> Result
  ) async throws -> Result {
    try await withServer(router, configure: configure) { port in
      try await blocking { try body(try RawConnection(port: port)) }
    }
  }

  /// Runs what waits on a socket on a thread where nobody else waits.
  static func blocking<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    // A task, so that what fails in it counts for the test that waits for it.
    try await Task(executorPreference: WaitingThreads.shared) { try body() }.value
  }

  static func port(of address: Endpoint) throws -> Int {
    guard case .tcp(_, let port) = address else { throw WrongEndpoint() }
    return port
  }

  // MARK: Requests

  /// The head of a call, with changes; a nil value takes a field out, a new name is added.
  static func fields(
    _ method: String = "Echo", _ changes: [(String, String?)] = []
  ) -> [(String, String)] {
    var fields = RawFrames.request.map { name, value in
      (name, name == ":path" ? "/\(WireWorld.serviceName)/\(method)" : value)
    }
    for (name, value) in changes {
      if let index = fields.firstIndex(where: { $0.0 == name }) {
        if let value { fields[index].1 = value } else { fields.remove(at: index) }
      } else if let value {
        fields.append((name, value))
      }
    }
    return fields
  }

  /// A message with its prefix.
  static func message(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    [flag] + RawFrames.bigEndian(UInt32(bytes.count)) + bytes
  }

  /// A whole request in one piece.
  static func request(
    _ id: Int32, _ method: String = "Echo", _ changes: [(String, String?)] = [], body: [UInt8]
  ) -> [UInt8] {
    RawFrames.headers(id, fields(method, changes)) + RawFrames.data(id, body, endsStream: true)
  }

  /// The messages of a body, with their flags; nil when it is cut within one.
  static func messages(in body: [UInt8]) -> [(flag: UInt8, bytes: [UInt8])]? {
    var rest = body[...]
    var messages: [(flag: UInt8, bytes: [UInt8])] = []
    while !rest.isEmpty {
      guard rest.count >= 5 else { return nil }
      let start = rest.startIndex
      let count = rest[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
      guard rest.count >= 5 + count else { return nil }
      messages.append((rest[start], Array(rest[start + 5..<start + 5 + count])))
      rest = rest[(start + 5 + count)...]
    }
    return messages
  }
}
