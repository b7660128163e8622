import RPCCore
import RPCTransportHTTP2
import Testing

extension ServedWorld {
  /// What an attack on a server within the test has come to.
  struct Outcome<Value: Sendable>: Sendable {
    var value: Value
    /// Handlers when the attack was over, before any was released.
    var handlers: Handlers
    var told: Told
    var honest: HonestClient.Record
  }

  /// Lets `attack` run against a server with other limits while an honest client is served by it.
  func attacked<Value: Sendable>(
    _ name: String, limits: (inout HTTP2Server.Limits) -> Void = { _ in },
    _ attack: @escaping @Sendable (Int, HTTP2Server) throws -> Value
  ) async throws -> Outcome<Value> {
    func configure(_ configuration: inout HTTP2Server.Configuration) {
      limits(&configuration.limits)
    }
    return try await serve(configure: configure) { address, port, server in
      let honest = HonestClient(address, path: "\(Self.serviceName)/Echo")
      let (value, record) = try await Attack<Value>.whileServed(honest) {
        try attack(port, server)
      }
      let outcome = Outcome(
        value: value, handlers: self.handlers, told: self.told, honest: record)
      print(
        "\(name): \(value); handlers \(outcome.handlers.started) started,",
        "\(outcome.handlers.peak) at once; honest \(record.callCount) calls, worst",
        "\(record.worst)")
      // Handlers must end before their event loop does.
      self.release()
      let isOver = await Blocking.run { self.waits { $0.running == 0 } }
      #expect(try isOver.get())
      await honest.channel.close()
      return outcome
    }
  }

  /// Waits until something is so; says whether it came to be within the time.
  func waits(_ seconds: Double = 10, until isDone: (Handlers) -> Bool) -> Bool {
    let start = Moment.now
    while !isDone(handlers) {
      if start.seconds > seconds { return false }
      Blocking.pause(milliseconds: 1)
    }
    return true
  }
}
