import Protobuf
import RPCCore
import SafeMobilityAPI
import Synchronization
import Testing

@testable import SafeMobilityClient

/// Calls that are made again until they are answered.
@Suite struct CallRepeaterTests {
  private let time = FakeTime()

  private func client(
    _ transport: ScriptedTransport,
    _ configure: (inout SafeMobilityClient.Configuration) -> Void = { _ in }
  ) throws -> SafeMobilityClient {
    var configuration = time.configuration
    configure(&configuration)
    return try SafeMobilityClient(transport: transport, configuration: configuration)
  }

  private static let gone = RPCError(.unavailable, "gone")

  @Test("a change is sent again with the same bytes, among them the id it was given")
  func sameBytes() async throws {
    let transport = ScriptedTransport { (call) throws(RPCError) in
      if call.index < 4 { throw Self.gone }
      return []
    }
    _ = try await client(transport).referrals.sendReferral(.with { $0.name = "referrals/0ref" })
    #expect(transport.seen.count == 5)
    #expect(Set(transport.seen.map(\.request)).count == 1)
    let sent = try SafeMobility.SendReferralRequest(serializedBytes: transport.seen[0].request)
    #expect(RequestID(sent.requestId) != nil)
    #expect(sent.name == "referrals/0ref")
    #expect(time.pauses.count == 4)
  }

  @Test("two changes have two ids")
  func twoIDs() async throws {
    let transport = ScriptedTransport { (_) throws(RPCError) in [] }
    let client = try client(transport)
    _ = try await client.referrals.sendReferral(.init())
    _ = try await client.referrals.sendReferral(.init())
    #expect(Set(transport.seen.map(\.request)).count == 2)
  }

  @Test("a change whose answers are lost has one effect")
  func oneEffect() async throws {
    // As the programme's services do: what has been done under an id is answered, not done again.
    let done = Mutex<[String: Int]>([:])
    let transport = ScriptedTransport { (call) throws(RPCError) in
      guard let request = try? SafeMobility.SendReferralRequest(serializedBytes: call.request)
      else { throw RPCError(.invalidArgument, "") }
      done.withLock { $0[request.requestId, default: 0] += 1 }
      if call.index % 3 < 2 { throw RPCError(.deadlineExceeded, "lost") }
      return []
    }
    let client = try client(transport)
    for _ in 0..<5 { _ = try await client.referrals.sendReferral(.init()) }
    #expect(done.withLock { $0.count } == 5)
    #expect(done.withLock { Array($0.values) } == [3, 3, 3, 3, 3])
  }

  @Test("a read is made again too, and its request is not touched")
  func read() async throws {
    let transport = ScriptedTransport { (call) throws(RPCError) in
      if call.index == 0 { throw Self.gone }
      return []
    }
    _ = try await client(transport).referrals.getReferral(.with { $0.name = "r" })
    let bytes = try SafeMobility.GetReferralRequest.with { $0.name = "r" }.serializedBytes()
    #expect(transport.seen.map(\.request) == [bytes, bytes])
  }

  @Test("what nobody knows to be harmless is made once, without a time of ours")
  func stranger() async throws {
    let transport = ScriptedTransport { (_) throws(RPCError) in throw Self.gone }
    let method = MethodDescriptor(service: "other.Service", method: "Pay", kind: .unary)
    await #expect(throws: Self.gone) {
      _ = try await client(transport).rpc.unary(
        method, SafeMobility.GetReferralRequest(), as: SafeMobility.GetReferralResponse.self)
    }
    #expect(transport.seen.count == 1)
    #expect(transport.seen[0].options == CallOptions())
    #expect(time.pauses.isEmpty)
  }

  @Test("without a deadline it ends with the client's patience, and the last failure is told")
  func patience() async throws {
    let start = time.now
    let transport = ScriptedTransport { (call) throws(RPCError) in
      throw RPCError(.unavailable, "\(call.index)")
    }
    var told: RPCError?
    do {
      _ = try await client(transport) { $0.patience = .seconds(20) }.programs.getProgram(.init())
    } catch {
      told = error as? RPCError
    }
    #expect(told?.message == "\(transport.seen.count - 1)")
    #expect(start.duration(to: time.now) < .seconds(20))
    #expect(start.duration(to: time.now) > .seconds(13))
  }

  @Test("with a deadline it ends there, however patient the client is")
  func deadline() async throws {
    let start = time.now
    let transport = ScriptedTransport { [time] (_) throws(RPCError) in
      time.advance(.seconds(1))
      throw Self.gone
    }
    await #expect(throws: Self.gone) {
      _ = try await client(transport).programs.getProgram(
        .init(), options: CallOptions(timeout: .seconds(3)))
    }
    #expect(start.duration(to: time.now) < .seconds(4))
    #expect((2...3).contains(transport.seen.count))
    for call in transport.seen {
      #expect(call.options.timeout == nil)
      #expect(call.options.deadline == Deadline(.seconds(3), after: start))
    }
  }

  @Test("an attempt that hangs is given up, and the call gets its answer from the next")
  func attemptTimeout() async throws {
    let start = time.now
    let transport = ScriptedTransport { [time] (call) throws(RPCError) in
      if call.index > 0 { return [] }
      time.advance(time.now.duration(to: call.options.deadline?.instant ?? time.now))
      throw RPCError(.deadlineExceeded, "the deadline passed")
    }
    _ = try await client(transport) { $0.attemptTimeout = .seconds(2) }.programs.getProgram(.init())
    #expect(transport.seen.count == 2)
    #expect(transport.seen[0].options.deadline == Deadline(.seconds(2), after: start))
  }

  @Test("cancelling ends the pauses with CANCELLED")
  func cancelled() async throws {
    let transport = ScriptedTransport { (_) throws(RPCError) in throw Self.gone }
    let client = try client(transport)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      _ = try await client.programs.getProgram(.init())
    }
    task.cancel()
    let error = await #expect(throws: RPCError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(transport.seen.count == 1)
  }

  @Test("a client that repeats nothing still gives changes their ids")
  func off() async throws {
    let transport = ScriptedTransport { (_) throws(RPCError) in throw Self.gone }
    let client = try client(transport) { $0.repeatsCalls = false }
    await #expect(throws: Self.gone) { _ = try await client.referrals.sendReferral(.init()) }
    #expect(transport.seen.count == 1)
    let sent = try SafeMobility.SendReferralRequest(serializedBytes: transport.seen[0].request)
    #expect(RequestID(sent.requestId) != nil)
  }

  /// Counts calls.
  private final class Counter: ClientInterceptor {
    let count = Mutex(0)

    func unary(
      _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
      next: any ClientTransport
    ) async throws(RPCError) -> RawResponse {
      count.withLock { $0 += 1 }
      return try await next.unary(method, request: request, metadata: metadata, options: options)
    }

    func open(
      _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
      next: any ClientTransport
    ) -> any ClientStream {
      count.withLock { $0 += 1 }
      return next.open(method, request: request, metadata: metadata, options: options)
    }
  }

  @Test("an interceptor of the caller's sees a call once, however often it is made")
  func interceptors() async throws {
    let counter = Counter()
    let transport = ScriptedTransport { (call) throws(RPCError) in
      if call.index < 3 { throw Self.gone }
      return []
    }
    _ = try await client(transport) { $0.interceptors = [counter] }.programs.getProgram(.init())
    #expect(counter.count.withLock { $0 } == 1)
    #expect(transport.seen.count == 4)
  }
}
