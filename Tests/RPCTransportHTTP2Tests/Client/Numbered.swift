import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import Synchronization
import Testing

/// Servers that each answer with a number of their own, and short ways to ask them.
enum Numbered {
  /// Answers with its number, or as it is told.
  final class Service: RPCService, Sendable {
    static let serviceName = "wire.v1.Number"
    static let ask = MethodDescriptor(service: serviceName, method: "Ask", kind: .unary)

    let number: UInt8
    let fails = Atomic(false)
    let isHeld = Atomic(false)
    let callCount = Atomic(0)

    init(_ number: UInt8) { self.number = number }

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          Self.ask,
          .unary { [self] _, _ in
            callCount.wrappingAdd(1, ordering: .relaxed)
            if fails.load(ordering: .relaxed) { throw RPCError(.unavailable, "told to fail") }
            let end = ContinuousClock.now + .seconds(10)
            while isHeld.load(ordering: .relaxed), ContinuousClock.now < end {
              try await Task.sleep(for: .milliseconds(2))
            }
            return [number]
          })
      ]
    }
  }

  /// Runs `body` with servers that answer with their numbers, from 0.
  static func withServers(
    _ count: Int, _ body: @escaping @Sendable ([Endpoint], [Service]) async throws -> Void
  ) async throws {
    try await add(count, [], [], body)
  }

  private static func add(
    _ count: Int, _ places: [Endpoint], _ services: [Service],
    _ body: @escaping @Sendable ([Endpoint], [Service]) async throws -> Void
  ) async throws {
    if count == 0 { return try await body(places, services) }
    let service = Service(UInt8(places.count))
    try await ServerUnderTest.with(Router(services: [service])) { address, _ in
      try await add(count - 1, places + [address], services + [service], body)
    }
  }

  static func channel(
    _ addresses: [Endpoint], _ json: String = "{}",
    configure: (inout HTTP2Channel.Configuration) -> Void = { _ in }
  ) throws -> HTTP2Channel {
    var configuration = HTTP2Channel.Configuration()
    configuration.serviceConfig = try ServiceConfig(json: json)
    configuration.backoff = Backoff(
      initial: .milliseconds(20), multiplier: 1, max: .milliseconds(20))
    configure(&configuration)
    return HTTP2Channel(target: .addresses(addresses), configuration: configuration)
  }

  static func ask(
    _ channel: HTTP2Channel, timeout: Duration = .seconds(20), waitsForReady: Bool? = nil
  ) async throws(RPCError) -> UInt8 {
    try await channel.unary(
      Service.ask, request: [], metadata: [:],
      options: CallOptions(timeout: timeout, waitsForReady: waitsForReady)
    ).message[0]
  }

  /// Asks until all of these have answered, for a bounded time, and then so often more.
  static func answers(
    _ channel: HTTP2Channel, from all: Set<UInt8>, then count: Int
  ) async throws -> [UInt8] {
    var seen: Set<UInt8> = []
    let end = ContinuousClock.now + .seconds(10)
    while seen != all, ContinuousClock.now < end {
      if let answer = try? await ask(channel, timeout: .seconds(1)) { seen.insert(answer) }
      if seen != all { try await Task.sleep(for: .milliseconds(2)) }
    }
    #expect(seen == all)
    var answers: [UInt8] = []
    for _ in 0..<count { answers.append(try await ask(channel)) }
    return answers
  }

  static let roundRobin = "{\"loadBalancingConfig\":[{\"round_robin\":{}}]}"
}
