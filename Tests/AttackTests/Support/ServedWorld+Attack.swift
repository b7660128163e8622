import RPCCore
import RPCTransportHTTP2
import Testing

extension ServedWorld {
  /// What an attack on a server within the test has come to.
  struct Outcome<Value: Sendable>: Sendable {
    var value: Value
    /// Handlers when the attack was over, before any was released; the honest client's are not among them.
    var handlers: Handlers
    var told: Told
    var honest: HonestClient.Record
  }

  /// Lets `attack` run against a server with other limits while an honest client is served by it, and checks
  /// that it costs no more than it may and leaves no handler running.
  func attacked<Value: Sendable>(
    _ name: String, cost: AttackCost = AttackCost(), tls: AttackCertificates? = nil,
    adding services: [any RPCService] = [],
    limits: (inout HTTP2Server.Limits) -> Void = { _ in },
    configure: (inout HTTP2Server.Configuration) -> Void = { _ in },
    _ attack: @escaping @Sendable (Int, HTTP2Server) throws -> Value
  ) async throws -> Outcome<Value> {
    func change(_ configuration: inout HTTP2Server.Configuration) {
      limits(&configuration.limits)
      configure(&configuration)
    }
    return try await serve(tls: tls?.server, adding: services, configure: change) {
      address, port, server in
      let honest = HonestClient(address, .world, tls: tls?.client)
      let warmUp = await honest.call(times: 20)
      #expect(warmUp.failures == [])
      let meter = try WorldMeter(thread: self.loopThread)
      let (value, record) = try await Attack<Value>.whileServed(honest) {
        try attack(port, server)
      }
      let spent = try meter.spent()
      let outcome = Outcome(
        value: value, handlers: self.handlers, told: self.told, honest: record)
      outcome.show(name, spent)
      #expect(spent.cpuSeconds < cost.cpuSeconds(beside: record))
      #expect(spent.peakGrowthKiB < cost.peakGrowthKiB)
      #expect(outcome.handlers.peak <= cost.handlerCount)
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

extension ServedWorld.Outcome {
  fileprivate func show(_ name: String, _ spent: (cpuSeconds: Double, peakGrowthKiB: Int)) {
    print(
      "\(name): \(value); peak +\(spent.peakGrowthKiB >> 10) MiB, cpu \(spent.cpuSeconds) s,",
      "handlers \(handlers.started) started, \(handlers.peak) at once; honest",
      "\(honest.callCount) calls, \(honest.bodyCount) with a body, \(honest.streamCount) streams,",
      "worst \(honest.worst)")
  }
}
