internal import RPCCore

/// The client's side of a case: short ways to call and to expect.
struct Calls: Sendable {
  let transport: any ClientTransport
  let world: CallWorld

  func call(
    _ name: String, _ request: [UInt8] = [], metadata: Metadata = [:],
    options: CallOptions = CallOptions(timeout: .seconds(20))
  ) async throws(RPCError) -> RawResponse {
    try await transport.unary(
      CallWorld.method(name), request: request, metadata: metadata, options: options)
  }

  /// The error that a call ends with.
  func error(
    of call: () async throws(RPCError) -> RawResponse
  ) async throws(Broken) -> RPCError {
    do {
      _ = try await call()
    } catch {
      return error
    }
    throw Broken(what: "the call succeeded")
  }

  /// Waits up to five seconds for the server to have noticed something.
  func eventually(_ what: String, _ holds: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(5)
    while !holds() {
      if ContinuousClock.now > end { throw Broken(what: "did not come about: \(what)") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
