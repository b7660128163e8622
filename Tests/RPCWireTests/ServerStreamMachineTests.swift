import RPCCore
import Testing

@testable import RPCWire

@Suite("The server's side of a unary call (D1, D7, Q18, Q24)")
struct ServerStreamMachineTests {
  /// A state, by the way that leads there.
  enum State: CaseIterable {
    case receivingNothing
    case receivingPart
    case receivingWhole
    case handling
    case answered
    case refused
    case failed
  }

  enum Event: CaseIterable {
    case noBytes
    case message
    case twoMessages
    case wrongFlag
    case compressed
    case tooLarge
    case end
    case handlerFinished
    case failed
  }

  private static let limit = 10

  private func machine(in state: State) -> ServerStreamMachine {
    var machine = ServerStreamMachine(kind: .unary, messageByteCountMax: Self.limit)
    _ = machine.began()
    switch state {
    case .receivingNothing: break
    case .receivingPart: _ = machine.received([0, 0].span)
    case .receivingWhole: _ = machine.received(framed([7]).span)
    case .handling, .answered, .failed:
      _ = machine.received(framed([7]).span)
      _ = machine.receivedEnd()
      _ = machine.take()
      if state == .answered { _ = machine.handlerFinished() }
      if state == .failed { _ = machine.failed() }
    case .refused: _ = machine.received([2].span)
    }
    return machine
  }

  /// What the machine does, as a word or two.
  private func apply(_ event: Event, to machine: inout ServerStreamMachine) -> String {
    switch event {
    case .noBytes: send([], to: &machine)
    case .message: send(framed([8]), to: &machine)
    case .twoMessages: send(framed([8]) + framed([9]), to: &machine)
    case .wrongFlag: send([2], to: &machine)
    case .compressed: send([1], to: &machine)
    case .tooLarge: send(framed([UInt8](repeating: 0, count: 11)), to: &machine)
    case .end: end(&machine)
    case .handlerFinished: machine.handlerFinished() == .respond ? "respond" : "drop"
    case .failed: word(machine.failed())
    }
  }

  private func send(_ bytes: [UInt8], to machine: inout ServerStreamMachine) -> String {
    word(machine.received(bytes.span), &machine)
  }

  private func end(_ machine: inout ServerStreamMachine) -> String {
    word(machine.receivedEnd(), &machine)
  }

  private func word(_ action: OnRequest, _ machine: inout ServerStreamMachine) -> String {
    switch action {
    case .none: "-"
    case .readable: "readable"
    case .dispatch:
      switch machine.take() {
      case .message(let request): "dispatch \(request.bytes)"
      case .wait, .end, .fail: "dispatch nothing"
      }
    case .fail(let error, let reset):
      "\(error.code)" + (reset.map { " reset \($0.rawValue)" } ?? "")
    }
  }

  private func word(_ action: OnFailure) -> String {
    let words = [
      action.cancelsHandler ? "cancel" : nil, action.isToBeAnswered ? "answer" : nil,
    ].compactMap { $0 }
    return words.isEmpty ? "-" : words.joined(separator: " ")
  }

  /// What is expected of a state for each event, in the order of `Event`.
  ///
  /// nil where it is not asked: a handler that was not started cannot finish, and bytes that continue
  /// half a prefix have a test of their own.
  private static func expected(in state: State) -> [String?] {
    switch state {
    case .receivingNothing:
      return [
        "-", "-", "UNIMPLEMENTED reset 0", "INTERNAL reset 0", "INTERNAL reset 0",
        "RESOURCE_EXHAUSTED reset 0", "UNIMPLEMENTED", nil, "answer",
      ]
    case .receivingPart:
      return ["-", nil, nil, nil, nil, nil, "INTERNAL", nil, "answer"]
    case .receivingWhole:
      return [
        "-", "UNIMPLEMENTED reset 0", "UNIMPLEMENTED reset 0", "INTERNAL reset 0",
        "INTERNAL reset 0", "RESOURCE_EXHAUSTED reset 0", "dispatch [7]", nil, "answer",
      ]
    case .handling:
      return ["-", "-", "-", "-", "-", "-", "-", "respond", "cancel answer"]
    case .answered, .refused, .failed:
      return ["-", "-", "-", "-", "-", "-", "-", "drop", "-"]
    }
  }

  @Test("every state answers every event", arguments: State.allCases)
  func everyStateEveryEvent(state: State) {
    for (event, expected) in zip(Event.allCases, Self.expected(in: state)) {
      guard let expected else { continue }
      var machine = machine(in: state)
      let action = apply(event, to: &machine)
      #expect(action == expected, "\(event) in \(state)")
    }
  }

  @Test("half a prefix is completed by the next bytes")
  func halfPrefix() {
    var machine = machine(in: .receivingPart)
    let first = send([0, 0, 1], to: &machine)
    let second = send([42], to: &machine)
    let end = end(&machine)
    #expect(first == "-")
    #expect(second == "-")
    #expect(end == "dispatch [42]")
  }

  @Test("a request that was refused stays refused", arguments: Event.allCases)
  func refusedStays(event: Event) {
    var machine = machine(in: .receivingNothing)
    _ = machine.received([1].span)
    let first = apply(event, to: &machine)
    let second = end(&machine)
    #expect(first == "-" || first == "drop")
    #expect(second == "-")
  }

  @Test("an empty message is a message (Q23)")
  func emptyMessage() {
    var machine = ServerStreamMachine(kind: .unary, messageByteCountMax: 0)
    let first = send(framed([]), to: &machine)
    let end = end(&machine)
    #expect(first == "-")
    #expect(end == "dispatch []")
  }

  @Test("a request of the limit passes and one byte more does not (Q18)")
  func limit() {
    for (count, expected) in [(10, "-"), (11, "RESOURCE_EXHAUSTED reset 0")] {
      var machine = ServerStreamMachine(kind: .unary, messageByteCountMax: 10)
      let action = send(framed([UInt8](repeating: 1, count: count)), to: &machine)
      #expect(action == expected)
    }
  }

  @Test("one byte in each frame makes the same request (Q17)")
  func byteByByte() {
    var machine = ServerStreamMachine(kind: .unary, messageByteCountMax: 10)
    for byte in framed([1, 2, 3]) { _ = machine.received([byte].span) }
    let end = end(&machine)
    #expect(end == "dispatch [1, 2, 3]")
  }
}
