import RPCCore
import Testing

@testable import RPCTransportInProcess

/// The machine of a streamed call: every event in every state.
@Suite("the machine of a call with streams in one process")
struct StreamedCallMachineTests {
  private typealias Machine = StreamedCallMachine

  enum State: CaseIterable {
    case preparing
    case collecting
    case handling
    case ended
    case failed
  }

  private static let failure = RPCError(.dataLoss, "gone")

  private func machine(
    _ state: State, kind: CallKind = .bidirectionalStreaming
  ) throws -> Machine {
    // Only a call with one request is ever collecting it.
    let kind = state == .collecting ? .serverStreaming : kind
    var limits = CallLimits()
    limits.messageByteCountMax = 5
    var machine = Machine(
      kind: kind,
      limits: Machine.Limits(requestByteCountMax: 8, responseByteCountMax: 4, calls: limits))
    if state == .preparing { return machine }
    if state != .collecting, kind.hasOneRequest {
      _ = try machine.write([1])
      _ = machine.finish()
    }
    #expect(machine.admitted() == (state == .collecting ? .nothing : .startHandler))
    if state == .ended {
      #expect(machine.handlerEnded(nil, outgoing: .init(trailing: ["t": "1"])) == .ended)
    }
    if state == .failed { #expect(machine.fail(Self.failure) == .ended) }
    return machine
  }

  @Test("a request is taken until the end", arguments: State.allCases)
  func write(state: State) throws {
    var machine = try machine(state)
    switch state {
    case .preparing, .collecting, .handling:
      #expect(try machine.write([1]) == .requestCame)
    case .ended:
      let error = #expect(throws: RPCError.self) { try machine.write([1]) }
      #expect(error?.code == .cancelled)
    case .failed:
      #expect(throws: Self.failure) { try machine.write([1]) }
    }
  }

  @Test("the handler acts only while it runs", arguments: State.allCases)
  func handler(state: State) throws {
    var machine = try machine(state)
    if state == .handling {
      #expect(try machine.send(head: [:]) == .headCame)
      #expect(try machine.send(head: ["a": "b"]) == .nothing)
      #expect(try machine.respond([1]) == .responseCame)
      #expect(try machine.hasRoomForResponse())
      #expect(machine.takeRequest().taken == .wait)
    } else {
      #expect(throws: CancellationError.self) { try machine.send(head: [:]) }
      #expect(throws: CancellationError.self) { try machine.respond([1]) }
      #expect(throws: CancellationError.self) { try machine.hasRoomForResponse() }
      #expect(machine.takeRequest().taken == .over)
    }
  }

  @Test("the first end counts", arguments: State.allCases)
  func ends(state: State) throws {
    let isOver = state == .ended || state == .failed
    for event in 0..<3 {
      var machine = try machine(state)
      let action =
        switch event {
        case 0: machine.cancel()
        case 1: machine.fail(RPCError(.deadlineExceeded, ""))
        default: machine.handlerEnded(RPCError(.aborted, ""), outgoing: .init())
        }
      #expect(action == (isOver ? .nothing : .ended))
      let hasEnded = machine.hasEnded
      #expect(hasEnded)
      let code: StatusCode = [.cancelled, .deadlineExceeded, .aborted][event]
      switch (state, machine.takeResponse().taken) {
      case (.ended, .end): #expect(machine.readTrailers == ["t": "1"])
      case (.failed, .failed(let error)): #expect(error == Self.failure)
      case (_, .failed(let error)): #expect(error.code == code && !isOver)
      default: Issue.record("it has not ended")
      }
      #expect(machine.admitted() == .nothing)
      #expect(machine.finish() == .requestCame || state == .ended || state == .failed)
    }
  }

  @Test("what came is read before the end, but not behind a cancellation")
  func order() throws {
    for isCancelled in [false, true] {
      var machine = try machine(.handling)
      _ = try machine.send(head: ["h": "1"])
      _ = try machine.respond([1])
      _ = isCancelled ? machine.cancel() : machine.fail(Self.failure)
      if !isCancelled { #expect(machine.takeResponse().taken == .message([1])) }
      guard case .failed = machine.takeResponse().taken else {
        Issue.record("it has not failed")
        continue
      }
      #expect(try machine.knownHead() == ["h": "1"])
    }
  }

  @Test("each side has room for four messages that nobody has taken")
  func room() throws {
    var machine = try machine(.handling)
    for number in UInt8(1)...4 {
      #expect(try machine.hasRoomForRequest() && machine.hasRoomForResponse())
      _ = try machine.write([number])
      _ = try machine.respond([number])
    }
    #expect(try !machine.hasRoomForRequest() && !machine.hasRoomForResponse())
    let (request, requestAction) = machine.takeRequest()
    #expect(request == .message([1]) && requestAction == .requestTaken)
    let (response, responseAction) = machine.takeResponse()
    #expect(response == .message([1]) && responseAction == .responseTaken)
    #expect(try machine.hasRoomForRequest() && machine.hasRoomForResponse())
  }

  @Test(
    "whoever waited for room need not, once the call has ended with OK, and hears when it failed")
  func roomAtTheEnd() throws {
    var ended = try machine(.handling)
    for number in UInt8(1)...4 { _ = try ended.write([number]) }
    #expect(try !ended.hasRoomForRequest())
    #expect(ended.handlerEnded(nil, outgoing: .init()) == .ended)
    #expect(try ended.hasRoomForRequest())
    let failed = try machine(.failed)
    #expect(throws: Self.failure) { try failed.hasRoomForRequest() }
  }

  @Test("a request that is too large breaks the stream behind those that wait")
  func fault() throws {
    let tooLarge = [UInt8](repeating: 0, count: 6)
    var waiting = try machine(.handling)
    _ = try waiting.write([1])
    #expect(try waiting.write(tooLarge) == .nothing)
    #expect(throws: RPCError.self) { try waiting.write([2]) }
    #expect(waiting.takeRequest().taken == .message([1]))
    let (taken, action) = waiting.takeRequest()
    guard case .failed(let error) = taken else {
      Issue.record("it goes on")
      return
    }
    #expect(error.code == .resourceExhausted && action == .ended)
    var idle = try machine(.handling)
    #expect(try idle.write(tooLarge) == .ended)
    var early = try machine(.preparing)
    #expect(try early.write(tooLarge) == .nothing)
    #expect(early.admitted() == .startHandler)
    var collecting = try machine(.collecting)
    #expect(try collecting.write(tooLarge) == .ended)
    var refused = try machine(.handling)
    #expect(throws: RPCError.self) { try refused.write(tooLarge + tooLarge) }
    #expect(try refused.write([1]) == .requestCame)
  }

  @Test("a method with one request starts with it, and has failed with none or two (D1)")
  func oneRequest() throws {
    for isAdmittedFirst in [true, false] {
      for count in 0...2 {
        var machine = try machine(
          isAdmittedFirst ? .collecting : .preparing, kind: .serverStreaming)
        var last = Machine.OnEvent.nothing
        for _ in 0..<count { last = try machine.write([1]) }
        if count < 2 || !isAdmittedFirst { last = machine.finish() }
        if !isAdmittedFirst { last = machine.admitted() }
        #expect(last == (count == 1 ? .startHandler : .ended), "\(count), \(isAdmittedFirst)")
      }
    }
  }

  @Test("a method with one response has failed without it, and is refused a second")
  func oneResponse() throws {
    var none = try machine(.handling, kind: .clientStreaming)
    #expect(none.handlerEnded(nil, outgoing: .init()) == .ended)
    guard case .failed(let error) = none.takeResponse().taken else {
      Issue.record("it has not failed")
      return
    }
    #expect(error.code == .internal)
    var two = try machine(.handling, kind: .clientStreaming)
    _ = try two.respond([1])
    #expect(throws: RPCError.self) { try two.respond([2]) }
    #expect(two.handlerEnded(nil, outgoing: .init()) == .ended)
    #expect(two.takeResponse().taken == .message([1]))
    #expect(two.takeResponse().taken == .end)
  }

  @Test("what is over the client's limits ends the call, and the handler with it")
  func limits() throws {
    var response = try machine(.handling)
    #expect(try response.respond([1, 2, 3, 4]) == .responseCame)
    #expect(try response.respond([1, 2, 3, 4, 5]) == .ended)
    let long: Metadata = ["x": .string(String(repeating: "a", count: 16 << 10))]
    var head = try machine(.handling)
    #expect(try head.send(head: long) == .ended)
    #expect(throws: RPCError.self) { try head.knownHead() }
    var trailers = try machine(.handling)
    #expect(trailers.handlerEnded(nil, outgoing: .init(trailing: long)) == .ended)
    guard case .failed(let error) = trailers.takeResponse().taken else {
      Issue.record("it has not failed")
      return
    }
    #expect(error.code == .resourceExhausted)
  }
}
