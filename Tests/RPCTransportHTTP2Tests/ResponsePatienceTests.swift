import Testing

@testable import RPCTransportHTTP2

/// Looks once a second, with ten seconds of patience and a hundred bytes where much waits.
@Suite("patience with who does not read (T10)")
struct ResponsePatienceTests {
  private struct World: ~Copyable {
    var patience = ResponsePatience(time: .seconds(10), largeByteCount: 100)
    var sent: [Int32: Int] = [:]
    /// Whether PINGs are answered, before the next look.
    var answers = true
    private var second = 0
    private let start = ContinuousClock.now

    /// A look a second after the last; the streams that are over.
    mutating func look(_ streams: [(id: Int32, isLarge: Bool, hasWindow: Bool)]) -> [Int32] {
      second += 1
      let now = start + .seconds(second)
      patience.beginLook(
        sentByteCount: sent.values.reduce(0, +), isLarge: streams.contains { $0.isLarge }, at: now)
      var over: [Int32] = []
      for stream in streams {
        let isOver = patience.isOver(
          .init(
            id: stream.id, sentByteCount: sent[stream.id, default: 0], isLarge: stream.isLarge,
            hasWindow: stream.hasWindow), at: now)
        if isOver { over.append(stream.id) }
      }
      if patience.endLook(isAnyWaiting: !streams.isEmpty, at: now), answers {
        patience.pingAnswered()
      }
      return over
    }

    /// The second of the first look, from the next on, that finds a stream over; each second `send` may send.
    mutating func firstOver(
      _ streams: [(id: Int32, isLarge: Bool, hasWindow: Bool)], within seconds: Int = 200,
      _ send: (inout [Int32: Int]) -> Void = { _ in }
    ) -> (second: Int, over: [Int32])? {
      for second in 1...seconds {
        let over = look(streams)
        if !over.isEmpty { return (second, over) }
        send(&sent)
      }
      return nil
    }
  }

  @Test("a stream without a window is over when its time is, counted from the PING's answer")
  func noWindow() {
    var world = World()
    let end = world.firstOver([(1, false, false)])
    #expect(end?.second == 13)
    #expect(end?.over == [1])
  }

  @Test("as long as the PING is under way so are its bytes, but not for ever")
  func noAnswer() {
    var world = World()
    world.answers = false
    let end = world.firstOver([(1, false, false)])
    #expect((100...115).contains(end?.second ?? 0))
  }

  @Test("a byte now and then is enough where little waits, and not where much does")
  func trickle() {
    var world = World()
    #expect(world.firstOver([(1, false, false)]) { $0[1, default: 0] += 1 } == nil)
    var large = World()
    #expect(large.firstOver([(1, true, false)]) { $0[1, default: 0] += 1 }?.over == [1])
    var fast = World()
    #expect(fast.firstOver([(1, true, false)]) { $0[1, default: 0] += 11 } == nil)
  }

  @Test("streams with windows wait for each other as long as the connection moves")
  func turns() {
    var world = World()
    let streams: [(id: Int32, isLarge: Bool, hasWindow: Bool)] = [(1, true, true), (3, true, true)]
    #expect(world.firstOver(streams) { $0[1, default: 0] += 11 } == nil)
    let end = world.firstOver(streams)
    #expect((10...12).contains(end?.second ?? 0))
    #expect(end?.over == [1, 3])
  }

  @Test("one that moves does not excuse one whose client holds it back")
  func heldBack() {
    var world = World()
    let end = world.firstOver([(1, true, true), (3, false, false)]) { $0[1, default: 0] += 1000 }
    #expect(end?.over == [3])
  }

  @Test("a pause without anything to send begins the time anew")
  func pause() {
    var world = World()
    let stream: [(id: Int32, isLarge: Bool, hasWindow: Bool)] = [(1, false, true)]
    #expect(world.firstOver(stream, within: 9) == nil)
    _ = world.look([])
    #expect(world.firstOver(stream, within: 9) == nil)
  }
}
