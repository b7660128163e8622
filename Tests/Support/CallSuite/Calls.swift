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

  /// Calls a method that does not answer, until its deadline ends the call with the handler at work.
  ///
  /// On a busy machine a short deadline may pass before there is a handler: then the call has been
  /// ended in time all the same, and is made again with twice the time.
  ///
  /// - Returns: the first byte of the request whose handler had started
  func missDeadline(_ name: String) async throws -> UInt8 {
    var timeout = Duration.milliseconds(100)
    for number in UInt8(1)...8 {
      let options = CallOptions(timeout: timeout)
      let start = ContinuousClock.now
      let error = try await error { () throws(RPCError) in
        try await call(name, [number], options: options)
      }
      try require("code", error.code, is: .deadlineExceeded)
      let waited = start.duration(to: .now)
      if waited < timeout { throw Broken(what: "it took \(waited) of \(timeout)") }
      if world.lastSeen.started.contains(number) { return number }
      timeout *= 2
    }
    throw Broken(what: "no handler started within \(timeout)")
  }

  /// Waits for the server to have noticed something; how long is no part of what is asked.
  func eventually(_ what: String, _ holds: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while !holds() {
      if ContinuousClock.now > end { throw Broken(what: "did not come about: \(what)") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
