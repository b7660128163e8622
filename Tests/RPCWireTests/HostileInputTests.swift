import RPCCore
import Testing

@testable import RPCWire

@Suite("Whatever a peer sends")
struct HostileInputTests {
  private struct Service: RPCService {
    static let serviceName = "s.S"

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          MethodDescriptor(service: Self.serviceName, method: "M", kind: .unary),
          .unary { request, _ in request })
      ]
    }
  }

  private static let names = FieldName.allCases.map { Array("\($0.text)".utf8) }
  private static let values = [
    "POST", "http", "/s.S/M", "application/grpc", "identity", "1S", "0", "200", "AQ==", "%", ",,",
    "",
  ].map { Array($0.utf8) }

  /// A field that is half right more often than chance would have it.
  private func field(using random: inout SeededGenerator) -> (name: [UInt8], value: [UInt8]) {
    func bytes(countMax: Int) -> [UInt8] {
      random.bytes(count: Int.random(in: 0...countMax, using: &random))
    }
    var name = Self.names.randomElement(using: &random) ?? []
    if Bool.random(using: &random) { name = bytes(countMax: 24) }
    if Bool.random(using: &random) { name += Array("-bin".utf8) }
    var value = Self.values.randomElement(using: &random) ?? []
    if Bool.random(using: &random) { value = bytes(countMax: 40) }
    return (name, value)
  }

  @Test("random header lists are read to an outcome, and the next good one is a call")
  func randomHeaders() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    var requests = RequestHeadReader(router: Router(services: [Service()]))
    var responses = ResponseBlockReader()
    for _ in 0..<2_000 {
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let (name, value) = field(using: &random)
        requests.field(name: name.span, value: value.span)
        responses.field(name: name.span, value: value.span)
      }
      _ = requests.finish(isOversized: Bool.random(using: &random))
      _ = responses.finish()
      let good = [
        (":method", "POST"), (":scheme", "http"), (":path", "/s.S/M"),
        ("content-type", "application/grpc"),
      ]
      for (name, value) in good {
        requests.field(name: Array(name.utf8).span, value: Array(value.utf8).span)
      }
      guard case .call(let head) = requests.finish() else {
        Issue.record("seed \(seed): a good request was refused")
        return
      }
      #expect(head.metadata.isEmpty, "seed \(seed)")
    }
  }

  @Test("whatever happens to a call at the server, its handler starts and stops at most once")
  func randomServerCalls() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      let kind = CallKind.allCases.randomElement(using: &random) ?? .unary
      var machine = ServerStreamMachine(kind: kind, messageByteCountMax: 16)
      var dispatched = machine.began() == .dispatch ? 1 : 0
      var ended = 0
      for _ in 0..<12 {
        let chunk = framed(random.bytes(count: Int.random(in: 0...18, using: &random)))
        let cut = Array(chunk.prefix(Int.random(in: 0...chunk.count, using: &random)))
        var action = OnRequest.none
        switch Int.random(in: 0...10, using: &random) {
        case 0...4: action = machine.received(cut.span)
        case 5...6: action = machine.receivedEnd()
        case 7 where dispatched == 1:
          if machine.handlerFinished() == .respond { ended += 1 }
        case 8: if machine.failed().isToBeAnswered { ended += 1 }
        case 9: if case .fail = machine.take() { ended += 1 }
        default: break
        }
        switch action {
        case .none, .readable: break
        case .dispatch: dispatched += 1
        case .fail: ended += 1
        }
      }
      #expect(dispatched <= 1, "seed \(seed)")
      #expect(ended <= 1, "seed \(seed)")
    }
  }

  @Test("whatever happens to a call at the client, the caller is answered at most once")
  func randomClientCalls() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      var machine = ClientStreamMachine(kind: .unary, responseByteCountMax: 16)
      var answers = 0
      for _ in 0..<12 {
        let body = framed(random.bytes(count: Int.random(in: 0...18, using: &random)))
        let action =
          switch Int.random(in: 0...9, using: &random) {
          case 0...4: machine.received(randomBlock(using: &random), endsStream: false)
          case 5...6: machine.received(body.span)
          case 7: machine.received(randomBlock(using: &random), endsStream: true)
          case 8: machine.receivedEnd()
          default:
            machine.streamReset(ResetCode(rawValue: UInt32.random(in: 0...14, using: &random)))
          }
        if case .finish = action { answers += 1 }
      }
      #expect(answers <= 1, "seed \(seed)")
    }
  }

  private func randomBlock(using random: inout SeededGenerator) -> ResponseBlock {
    var reader = ResponseBlockReader()
    let isGood = Bool.random(using: &random)
    let good = [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0")]
    for (name, value) in isGood ? good : [] {
      reader.field(name: Array(name.utf8).span, value: Array(value.utf8).span)
    }
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let (name, value) = field(using: &random)
      reader.field(name: name.span, value: value.span)
    }
    return reader.finish()
  }
}
