import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of messages: Q17, Q18, Q23–Q26, D1, R16", .timeLimit(.minutes(2)))
struct MessageRows {
  static let methods = WireWorld.echoes.map(\.name)
  private static let one = WireWorld.echoes.filter(\.kind.hasOneRequest).map(\.name)
  private static let many = WireWorld.echoes.filter { !$0.kind.hasOneRequest }.map(\.name)

  /// What a method answers to these requests.
  private static func expected(_ method: String, _ requests: [[UInt8]]) -> [[UInt8]] {
    switch method {
    case "Twice": requests.flatMap { [$0, $0] }
    case "Gather": [requests.flatMap { $0 }]
    default: requests
    }
  }

  private static func bodies(_ answer: RawClient.Answer) -> [[UInt8]]? {
    Wire.messages(in: answer.body)?.map(\.bytes)
  }

  // MARK: Q17

  @Test(
    "Q17: a message is a message however DATA frames cut it", arguments: methods,
    [1, 2, 5, 7, 1000])
  func cuts(_ method: String, _ size: Int) async throws {
    let payload = (0..<600).map { UInt8(truncatingIfNeeded: $0) }
    let requests = Self.one.contains(method) ? [payload] : [payload, [], [7], payload]
    let answer = try await Wire.withClient { client in
      let id = try client.open { id in
        let bytes = requests.flatMap { Wire.message($0) }
        var frames = RawFrames.headers(id, Wire.fields(method))
        for start in stride(from: 0, to: bytes.count, by: size) {
          let end = min(start + size, bytes.count)
          frames += RawFrames.data(id, Array(bytes[start..<end]), endsStream: end == bytes.count)
        }
        return frames
      }
      return try client.answer(to: id)
    }
    #expect(answer.status == "0")
    #expect(Self.bodies(answer) == Self.expected(method, requests))
  }

  @Test(
    "Q17: one message over more than a hundred DATA, with padding, each sent alone",
    arguments: methods)
  func padded(_ method: String) async throws {
    let payload = (0..<115).map { UInt8($0) }
    let answer = try await Wire.withClient { client in
      let bytes = Wire.message(payload)
      let id = try client.open { RawFrames.headers($0, Wire.fields(method)) }
      for (index, byte) in bytes.enumerated() {
        let padding = [UInt8](repeating: 0, count: index % 256)
        let flags: UInt8 = 8 | (index == bytes.count - 1 ? 1 : 0)
        try client.socket.send(
          RawFrames.frame(0, flags: flags, id: id, [UInt8(padding.count), byte] + padding))
      }
      return try client.answer(to: id)
    }
    #expect(Self.bodies(answer) == Self.expected(method, [payload]))
  }

  @Test(
    "Q17: three hundred messages in a few DATA, to each kind that takes several", arguments: many)
  func manyInOne(_ method: String) async throws {
    let requests = (0..<300).map { [UInt8](repeating: UInt8($0 % 256), count: $0 % 40) }
    let answer = try await Wire.withClient { client in
      try client.call(Wire.fields(method), body: requests.flatMap { Wire.message($0) })
    }
    #expect(Self.bodies(answer) == Self.expected(method, requests))
  }

  // MARK: Q18

  @Test(
    "Q18: a flag that is neither 0 nor 1 is INTERNAL", arguments: methods,
    [2, 3, 0x80, 0xFF] as [UInt8])
  func flag(_ method: String, _ flag: UInt8) async throws {
    let answer = try await Wire.withClient { client in
      try client.call(Wire.fields(method), body: Wire.message([1], flag: flag))
    }
    #expect(answer.status == "13")
  }

  @Test(
    "Q18: an end within a message or its prefix is INTERNAL", arguments: methods, [1, 3, 4, 5, 7])
  func truncated(_ method: String, _ count: Int) async throws {
    let cut = Array(Wire.message([1, 2, 3]).prefix(count))
    let answer = try await Wire.withClient { try $0.call(Wire.fields(method), body: cut) }
    #expect(answer.status == "13")
    guard Self.many.contains(method) else { return }
    let later = try await Wire.withClient { client in
      try client.call(Wire.fields(method), body: Wire.message([9]) + cut)
    }
    #expect(later.status == "13")
  }

  @Test(
    "Q18: a length over the limit is RESOURCE_EXHAUSTED at once, without its bytes",
    arguments: methods, [1001, 1 << 20, UInt32.max])
  func tooLong(_ method: String, _ length: UInt32) async throws {
    let answer = try await Wire.withClient(
      configure: Wire.setting { $0.limits.calls.messageByteCountMax = 1000 }
    ) { client in
      let id = try client.open { id in
        RawFrames.headers(id, Wire.fields(method))
          + RawFrames.data(id, [0] + RawFrames.bigEndian(length))
      }
      return try client.answer(to: id)
    }
    #expect(answer.status == "8")
  }

  @Test("Q18: a message of the limit passes, as the first and as a later one", arguments: methods)
  func limit(_ method: String) async throws {
    let payload = [UInt8](repeating: 3, count: 1000)
    let answer = try await Wire.withClient(
      configure: Wire.setting { $0.limits.calls.messageByteCountMax = 1000 }
    ) { client in
      let requests = Self.one.contains(method) ? [payload] : [payload, payload]
      return try client.call(Wire.fields(method), body: requests.flatMap { Wire.message($0) })
    }
    #expect(answer.status == "0")
  }

  // MARK: Q23, Q24

  @Test("Q23: a message without bytes is one, and no message is none", arguments: methods)
  func empty(_ method: String) async throws {
    try await Wire.withClient { client in
      let one = try client.call(Wire.fields(method), body: Wire.message([]))
      #expect(one.status == "0")
      #expect(Self.bodies(one) == Self.expected(method, [[]]))
      let none = try client.call(Wire.fields(method), body: [])
      if Self.one.contains(method) {
        #expect(none.status == "12")
      } else {
        #expect(none.status == "0")
        #expect(Self.bodies(none) == Self.expected(method, []))
      }
    }
  }

  @Test("Q24: a request ends on its last DATA, on an empty one, or by trailers", arguments: methods)
  func ends(_ method: String) async throws {
    try await Wire.withClient { client in
      for end in 0...2 {
        let id = try client.open { id in
          let head = RawFrames.headers(id, Wire.fields(method))
          let body = RawFrames.data(id, Wire.message([4]), endsStream: end == 0)
          let trailers = RawFrames.headers(id, [("x-trailer", "1")], endsStream: true)
          return head + body
            + (end == 1 ? RawFrames.data(id, [], endsStream: true) : end == 2 ? trailers : [])
        }
        let answer = try client.answer(to: id)
        #expect(answer.status == "0")
        #expect(Self.bodies(answer) == Self.expected(method, [[4]]))
      }
    }
  }

  // MARK: Q25, D1, R16

  @Test(
    "Q25, D1: none or two requests where one is due are UNIMPLEMENTED, and no handler runs",
    arguments: one)
  func cardinality(_ method: String) async throws {
    let world = WireWorld()
    let two = Wire.message([1]) + Wire.message([2])
    try await Wire.withClient(world.router) { client in
      for body in [nil, [], two, two + Wire.message([])] as [[UInt8]?] {
        let answer = try client.call(Wire.fields(method), body: body)
        #expect(answer.status == "12" && answer.isTrailersOnly)
      }
      // Two in frames of their own, and the second before the end is known.
      let id = try client.open { id in
        RawFrames.headers(id, Wire.fields(method)) + RawFrames.data(id, Wire.message([1]))
          + RawFrames.data(id, Wire.message([2]))
      }
      #expect(try client.answer(to: id).status == "12")
    }
    #expect(world.lastSeen.startedCount == 0)
  }

  @Test(
    "R16: a handler that has none or two responses where one is due has failed",
    arguments: ["None", "Two"])
  func responses(_ method: String) async throws {
    let answer = try await Wire.withClient { client in
      try client.call(Wire.fields(method), body: Wire.message([1]))
    }
    // The defect is the server's own, so it is INTERNAL; a client that counts for itself says D1's code.
    #expect(answer.status == "13")
    #expect((Wire.messages(in: answer.body)?.count ?? 0) <= 1)
  }

  // MARK: Q26

  @Test(
    "Q26: bytes that are no message of the method's are INTERNAL",
    arguments: ["TypedEcho", "TypedTwice", "TypedGather", "TypedMirror"])
  func undecodable(_ method: String) async throws {
    try await Wire.withClient { client in
      let wrong = try client.call(Wire.fields(method), body: Wire.message([1, 2, 3]))
      #expect(wrong.status == "13")
      let right = try client.call(Wire.fields(method), body: Wire.message([0x4D]))
      #expect(right.status == "0")
    }
  }

  @Test("Q26: what a handler throws is UNKNOWN, and its text stays with us", arguments: methods)
  func thrown(_ method: String) async throws {
    let answer = try await Wire.withClient { client in
      try client.call(Wire.fields(method, [("x-throw", "1")]), body: Wire.message([1]))
    }
    #expect(answer.status == "2" && answer.isTrailersOnly)
    #expect(answer.message?.contains("secret") != true)
  }

  @Test(
    "Q26: an unknown service, an unknown method and one that is not built are UNIMPLEMENTED",
    arguments: ["/wire.v1.Nothing/Echo", "/wire.v1.Kinds/Nothing", "/wire.v1.Kinds/Later"])
  func unknown(_ path: String) async throws {
    try await Wire.withClient { client in
      for body in [nil, Wire.message([1]), Wire.message([1]) + Wire.message([2])] as [[UInt8]?] {
        let answer = try client.call(Wire.fields("", [(":path", path)]), body: body)
        #expect(answer.status == "12" && answer.isTrailersOnly)
      }
    }
  }
}
