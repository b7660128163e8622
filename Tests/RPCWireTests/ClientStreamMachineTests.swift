import RPCCore
import Testing

@testable import RPCWire

@Suite("The client's side of a unary call (R6…R16)")
struct ClientStreamMachineTests {
  /// A state, by the way that leads there.
  enum State: CaseIterable {
    case waiting
    case readingNothing
    case readingPart
    case readingWhole
    case readingForeign
    case finished
  }

  enum Event: CaseIterable {
    case informational
    case informationalEnd
    case head
    case foreignHead
    case jsonHead
    case encodedHead
    case oversizedHead
    case message
    case twoMessages
    case tooLarge
    case wrongFlag
    case end
    case okTrailers
    case errorTrailers
    case emptyTrailers
    case garbledTrailers
    case cancelReset
    case refusedReset
    case deadline
    case cancelled
    case connectionLost
    case notProcessed
  }

  static let head = ResponseBlock(
    httpStatus: 200, contentType: .proto, metadata: ["h": "1"])
  static let ok = ResponseBlock(grpcStatus: .code(.ok), metadata: ["t": "2"])

  private func machine(in state: State) -> ClientStreamMachine {
    var machine = ClientStreamMachine(kind: .unary, responseByteCountMax: 10)
    machine.requestEnded()
    switch state {
    case .waiting: break
    case .readingNothing: _ = machine.received(Self.head, endsStream: false)
    case .readingPart:
      _ = machine.received(Self.head, endsStream: false)
      _ = machine.received([0, 0].span)
    case .readingWhole:
      _ = machine.received(Self.head, endsStream: false)
      _ = machine.received(framed([7]).span)
    case .readingForeign:
      let foreign = ResponseBlock(httpStatus: 503, contentType: .foreign, contentTypeText: "a/b")
      _ = machine.received(foreign, endsStream: false)
    case .finished: _ = machine.cancelled()
    }
    return machine
  }

  private func apply(_ event: Event, to machine: inout ClientStreamMachine) -> OnResponse {
    let foreign = ResponseBlock(httpStatus: 200, contentType: .foreign)
    let json = ResponseBlock(httpStatus: 200, contentType: .unknownSubtype)
    let encoded = ResponseBlock(httpStatus: 200, contentType: .proto, encoding: nil)
    let oversized = ResponseBlock(httpStatus: 200, contentType: .proto, isOversized: true)
    let informational = ResponseBlock(httpStatus: 103)
    let error = ResponseBlock(grpcStatus: .code(.aborted), message: "m", details: [1])
    switch event {
    case .informational: return machine.received(informational, endsStream: false)
    case .informationalEnd: return machine.received(informational, endsStream: true)
    case .head: return machine.received(Self.head, endsStream: false)
    case .foreignHead: return machine.received(foreign, endsStream: false)
    case .jsonHead: return machine.received(json, endsStream: false)
    case .encodedHead: return machine.received(encoded, endsStream: false)
    case .oversizedHead: return machine.received(oversized, endsStream: false)
    case .message: return machine.received(framed([8]).span)
    case .twoMessages: return machine.received((framed([8]) + framed([9])).span)
    case .tooLarge: return machine.received(framed([UInt8](repeating: 0, count: 11)).span)
    case .wrongFlag: return machine.received([9].span)
    case .end: return machine.receivedEnd()
    case .okTrailers: return machine.received(Self.ok, endsStream: true)
    case .errorTrailers: return machine.received(error, endsStream: true)
    case .emptyTrailers: return machine.received(ResponseBlock(), endsStream: true)
    case .garbledTrailers:
      return machine.received(ResponseBlock(grpcStatus: .malformed), endsStream: true)
    case .cancelReset: return machine.streamReset(.cancel)
    case .refusedReset: return machine.streamReset(.refusedStream)
    case .deadline: return machine.deadlinePassed()
    case .cancelled: return machine.cancelled()
    case .connectionLost: return machine.connectionLost("gone")
    case .notProcessed: return machine.wasNotProcessed()
    }
  }

  /// The action as a word or two: code or payload, reset, retry.
  private func word(_ action: OnResponse, _ machine: inout ClientStreamMachine) -> String {
    switch action {
    case .none: return "-"
    case .head: return "head"
    case .readable: return "readable"
    case .finish(let outcome):
      let message: [UInt8]
      if case .message(let taken) = machine.take() { message = taken.bytes } else { message = [] }
      return word(outcome, message)
    }
  }

  private func word(_ outcome: ClientOutcome, _ message: [UInt8]) -> String {
    let result =
      switch outcome.result {
      case .success: "\(message)"
      case .failure(let error): "\(error.code)"
      }
    let reset = outcome.reset.map { " reset \($0.rawValue)" } ?? ""
    return result + reset + (outcome.seen == .notProcessed ? " retry" : "")
  }

  /// The answers that do not depend on the state, as long as the call is not finished.
  private static let always: [Event: String] = [
    .oversizedHead: "RESOURCE_EXHAUSTED reset 8", .cancelReset: "CANCELLED",
    .refusedReset: "UNAVAILABLE retry", .deadline: "DEADLINE_EXCEEDED reset 8",
    .cancelled: "CANCELLED reset 8", .connectionLost: "UNAVAILABLE",
    .notProcessed: "UNAVAILABLE retry",
  ]

  private static func expected(_ event: Event, in state: State) -> String {
    if state == .finished { return "-" }
    if let answer = always[event] { return answer }
    switch (state, event) {
    case (.waiting, .head): return "head"
    case (.waiting, .informational), (.waiting, .foreignHead): return "-"
    case (.waiting, .jsonHead), (.waiting, .encodedHead): return "INTERNAL reset 8"
    case (.waiting, .informationalEnd): return "INTERNAL"
    case (.waiting, .message), (.waiting, .twoMessages), (.waiting, .tooLarge),
      (.waiting, .wrongFlag):
      return "INTERNAL reset 1"
    case (.waiting, .end): return "INTERNAL"

    // Any second head is one too many, whatever it says (R10).
    case (_, .informational), (_, .head), (_, .foreignHead), (_, .jsonHead), (_, .encodedHead):
      return "INTERNAL reset 1"

    case (.readingForeign, .errorTrailers): return "ABORTED"
    case (.readingForeign, .okTrailers), (.readingForeign, .emptyTrailers),
      (.readingForeign, .garbledTrailers), (.readingForeign, .informationalEnd),
      (.readingForeign, .end):
      return "UNAVAILABLE"
    case (.readingForeign, _): return "-"

    case (_, .errorTrailers): return "ABORTED"
    case (_, .garbledTrailers): return "UNKNOWN reset 1"
    case (_, .emptyTrailers), (_, .informationalEnd): return "UNKNOWN"
    case (_, .end): return "INTERNAL"
    case (.readingPart, .okTrailers): return "INTERNAL"
    case (.readingWhole, .okTrailers): return "[7]"
    case (_, .okTrailers): return "UNIMPLEMENTED"

    // Two bytes of a prefix are there: what follows makes a length of some sort.
    case (.readingPart, _): return "skip"
    case (.readingWhole, .message): return "UNIMPLEMENTED reset 8"
    case (_, .message): return "-"
    case (_, .twoMessages): return "UNIMPLEMENTED reset 8"
    case (_, .tooLarge): return "RESOURCE_EXHAUSTED reset 8"
    case (_, .wrongFlag): return "INTERNAL reset 8"
    default: return "unexpected"
    }
  }

  @Test("every state answers every event, and finishes once", arguments: State.allCases)
  func everyStateEveryEvent(state: State) {
    for event in Event.allCases {
      let expected = Self.expected(event, in: state)
      if expected == "skip" { continue }
      var machine = machine(in: state)
      let applied = apply(event, to: &machine)
      let action = word(applied, &machine)
      #expect(action == expected, "\(event) in \(state)")
      guard case .finish = applied else { continue }
      for later in Event.allCases {
        let after = word(apply(later, to: &machine), &machine)
        #expect(after == "-", "\(later) after \(event) in \(state)")
      }
    }
  }

  /// How a call ended, and what its caller can take.
  private struct Answer {
    var outcome: ClientOutcome
    var message: [UInt8]
    var metadata: Metadata
  }

  private func answer(
    _ blocks: [ResponseBlock], body: [UInt8] = [], isRequestEnded: Bool = true
  ) throws -> Answer {
    var machine = ClientStreamMachine(kind: .unary, responseByteCountMax: 1000)
    if isRequestEnded { machine.requestEnded() }
    var last = OnResponse.none
    for (index, block) in blocks.enumerated() {
      let isLast = index == blocks.count - 1
      if isLast, !body.isEmpty { last = machine.received(body.span) }
      if case .finish = last { break }
      last = machine.received(block, endsStream: isLast)
    }
    guard case .finish(let outcome) = last else {
      Issue.record("not finished")
      throw RPCError(.internal, "not finished")
    }
    var message: [UInt8] = []
    if case .message(let taken) = machine.take() { message = taken.bytes }
    return Answer(outcome: outcome, message: message, metadata: machine.metadata)
  }

  private func failure(_ answer: Answer) throws -> RPCError { try failure(answer.outcome) }

  private func failure(_ outcome: ClientOutcome) throws -> RPCError {
    guard case .failure(let error) = outcome.result else {
      Issue.record("succeeded")
      return RPCError(.ok, "")
    }
    return error
  }

  @Test("a good answer has its message and both sets of metadata")
  func goodAnswer() throws {
    let outcome = try answer([Self.head, Self.ok], body: framed([1, 2]))
    #expect(outcome.message == [1, 2])
    #expect(outcome.metadata == ["h": "1"])
    #expect(outcome.outcome == ClientOutcome(.success(["t": "2"])))
  }

  @Test("informational heads are skipped (R8)")
  func informationalHeads() throws {
    let early = ResponseBlock(httpStatus: 103)
    let outcome = try answer([early, early, Self.head, Self.ok], body: framed([1]))
    #expect(outcome.message == [1])
  }

  @Test("a status comes whole: code, text, details, trailers (R5)")
  func wholeStatus() throws {
    let trailers = ResponseBlock(
      grpcStatus: .code(.aborted), message: "m", details: [1], metadata: ["t": "2"])
    let error = RPCError(.aborted, "m", details: [1], metadata: ["t": "2"])
    #expect(try answer([Self.head, trailers]).outcome == ClientOutcome(error))
    #expect(try answer([trailers]).outcome == ClientOutcome(error))
  }

  @Test("a status that is not OK beats a message, and half of one (R16)")
  func statusBeatsMessage() throws {
    let trailers = ResponseBlock(grpcStatus: .code(.aborted))
    for body in [framed([1]), Array(framed([1, 2]).dropLast())] {
      let outcome = try answer([Self.head, trailers], body: body).outcome
      #expect(outcome == ClientOutcome(RPCError(.aborted, "")))
    }
  }

  @Test("grpc-status in a head that a body follows is not the end's (R11)")
  func statusInHead() throws {
    var head = Self.head
    head.grpcStatus = .code(.resourceExhausted)
    let trailers = ResponseBlock(grpcStatus: .code(.failedPrecondition))
    let outcome = try answer([head, trailers], body: framed([1])).outcome
    #expect(outcome == ClientOutcome(RPCError(.failedPrecondition, "")))
  }

  @Test(
    "a second head that does not end the stream is INTERNAL and a reset, whatever it says (R10)",
    arguments: [[], framed([1]), [0, 0]])
  func secondHead(body: [UInt8]) throws {
    var status = Self.head
    status.grpcStatus = .code(.ok)
    for second in [Self.head, status, Self.ok, ResponseBlock(httpStatus: 103)] {
      var machine = machine(in: .readingNothing)
      let before = word(machine.received(body.span), &machine)
      let action = machine.received(second, endsStream: false)
      #expect(before == "-")
      guard case .finish(let outcome) = action else {
        Issue.record("not finished by \(second)")
        continue
      }
      let expected = RPCError(.internal, "the server sent a second head")
      #expect(outcome == ClientOutcome(.failure(expected), reset: .protocolError))
    }
  }

  @Test(
    "an end without trailers is INTERNAL, behind a whole message too (R12, D5)",
    arguments: [State.waiting, .readingNothing, .readingPart, .readingWhole])
  func endOnData(state: State) throws {
    var machine = machine(in: state)
    guard case .finish(let outcome) = machine.receivedEnd() else {
      Issue.record("not finished")
      return
    }
    let error = try failure(outcome)
    #expect(error.code == .internal)
    #expect(error.message.contains("without trailers"))
    #expect(outcome.reset == nil)
    #expect(outcome.seen == .maybe)
  }

  @Test("an unknown number is UNKNOWN and keeps its number (R6)")
  func unknownNumber() throws {
    let trailers = ResponseBlock(grpcStatus: .code(StatusCode(rawValue: 17)))
    let error = try failure(answer([Self.head, trailers]))
    #expect(error.code == .unknown)
    #expect(error.code.wireValue == 17)
  }

  @Test(
    "an HTTP status without grpc-status has its meaning, with and without a body (R7)",
    arguments: [
      400, 401, 403, 404, 409, 412, 413, 415, 418, 429, 431, 502, 503, 504, 505, 800, 200,
    ])
  func httpStatus(httpStatus: Int) throws {
    let block = ResponseBlock(httpStatus: httpStatus)
    let expected = HTTPStatus.statusCode(for: httpStatus)
    let error = try failure(answer([block]))
    #expect(error.code == expected)
    let other = try failure(answer([block, ResponseBlock()], body: [1]))
    #expect(other.code == expected)
    #expect(other.message.contains("\(httpStatus)"))
  }

  @Test("grpc-status in trailers only wins over the HTTP status (R7)")
  func grpcStatusWins() throws {
    let block = ResponseBlock(httpStatus: 503, grpcStatus: .code(.notFound))
    #expect(try answer([block]).outcome == ClientOutcome(RPCError(.notFound, "")))
  }

  @Test("a foreign answer is quoted up to a bound, and then the stream is reset (R9)")
  func foreignAnswer() throws {
    let head = ResponseBlock(
      httpStatus: 200, contentType: .foreign, contentTypeText: "image/jpeg")
    let short = try answer([head, ResponseBlock()], body: Array("hello".utf8))
    let error = try failure(short)
    #expect(error.code == .unknown)
    #expect(error.message.contains("image/jpeg"))
    #expect(error.message.contains("hello"))
    #expect(short.outcome.reset == nil)

    let long = try answer([head, ResponseBlock()], body: [UInt8](repeating: 0x61, count: 100_000))
    let cut = try failure(long)
    #expect(cut.message.utf8.count < 400)
    #expect(long.outcome.reset == .cancel)
  }

  @Test("an answer before the request is out asks for no more of it (R15)")
  func earlyAnswer() throws {
    let trailers = ResponseBlock(grpcStatus: .code(.aborted))
    #expect(try answer([trailers], isRequestEnded: false).outcome.reset == .noError)
    #expect(try answer([trailers], isRequestEnded: true).outcome.reset == nil)
    let good = try answer([Self.head, Self.ok], body: framed([1]), isRequestEnded: false)
    #expect(good.outcome.reset == .noError)
  }

  @Test("a reset with CANCEL after our own deadline is the deadline's (R14)")
  func cancelAfterDeadline() {
    var machine = machine(in: .readingNothing)
    let first = word(machine.deadlinePassed(), &machine)
    let second = word(machine.streamReset(.cancel), &machine)
    #expect(first == "DEADLINE_EXCEEDED reset 8")
    #expect(second == "-")
  }

  @Test("a response of the limit passes and one byte more does not (Q18)")
  func limit() throws {
    let fits = [UInt8](repeating: 1, count: 1000)
    #expect(try answer([Self.head, Self.ok], body: framed(fits)).message == fits)
    let outcome = try answer([Self.head, Self.ok], body: framed(fits + [1]))
    #expect(word(outcome.outcome, outcome.message) == "RESOURCE_EXHAUSTED reset 8")
  }
}
