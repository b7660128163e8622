import Glibc
import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client and how many streams servers allow: C1", .timeLimit(.minutes(2)))
struct StreamLimitRows {
  private static func limit(_ count: UInt32) -> [UInt8] {
    RawFrames.settings([(id: 3, value: count)])
  }

  /// Answers one call after the other, and notes if two ran at once.
  private static func serveOneByOne(_ connection: RawServed) throws {
    try connection.begin(settings: limit(1))
    while true {
      let id = try connection.request().id
      // Whoever does not keep to the limit has sent the next by now.
      try connection.ping(1)
      #expect(connection.requests.filter { $0.id > id }.isEmpty)
      try connection.send(Answers.ok(id, [UInt8(connection.index)]))
    }
  }

  private static func answers(_ channel: HTTP2Channel, count: Int) async throws -> [UInt8] {
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<count { group.addTask { try await channel.ask() } }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  @Test("C1: ten calls at once where one stream is allowed, on one connection")
  func oneConnection() async throws {
    try await ScriptedServer.with { connection in
      #expect(connection.index == 0)
      try Self.serveOneByOne(connection)
    } configure: {
      $0.connectionCountMaxPerAddress = 1
    } _: { channel in
      let answers = try await Self.answers(channel, count: 10)
      #expect(answers == [UInt8](repeating: 0, count: 10))
    }
  }

  @Test("C1: calls that wait for a stream get more connections, as many as are allowed")
  func moreConnections() async throws {
    let isComplete = Signal()
    let seen = Mutex(Set<Int>())
    try await ScriptedServer.with { connection in
      try connection.begin(settings: Self.limit(1))
      while true {
        let id = try connection.request().id
        let count = seen.withLock { seen in
          seen.insert(connection.index)
          return seen.count
        }
        if count == 3 { isComplete.set() }
        isComplete.wait()
        try connection.send(Answers.ok(id, [UInt8(connection.index)]))
      }
    } configure: {
      $0.connectionCountMaxPerAddress = 3
    } _: { channel in
      let answers = try await Self.answers(channel, count: 10)
      #expect(answers.count == 10)
    }
    #expect(seen.withLock { $0 } == [0, 1, 2])
  }

  @Test("C1: a connection made for a rush is closed when it is over")
  func rushOver() async throws {
    let isSecond = Signal()
    let isGone = Signal()
    let count = Atomic(0)
    try await ScriptedServer.with { connection in
      count.wrappingAdd(1, ordering: .relaxed)
      try connection.begin(settings: Self.limit(1))
      do {
        while true {
          let id = try connection.request().id
          if connection.index == 1 { isSecond.set() }
          isSecond.wait()
          try connection.send(Answers.ok(id))
        }
      } catch is RawServed.Gone { isGone.set() }
    } configure: {
      $0.connectionCountMaxPerAddress = 2
      $0.extraConnectionIdleTime = .milliseconds(50)
    } _: { channel in
      _ = try await Self.answers(channel, count: 2)
      await isGone.passed()
      #expect(isGone.isSet)
      // The other is there still.
      try await channel.ask()
      #expect(count.load(ordering: .relaxed) == 2)
    }
  }

  @Test(
    "C1, Q12: a call that waits for a stream does not outlast its deadline, and says what it waited for"
  )
  func deadline() async throws {
    let isOver = Signal()
    try await ScriptedServer.with { connection in
      try connection.begin(settings: Self.limit(1))
      let id = try connection.request().id
      isOver.wait()
      try connection.send(Answers.ok(id))
      try connection.send(Answers.ok(try connection.request().id))
      try connection.untilGone()
      // Calls that ended while they waited were never sent.
      #expect(connection.requests.count == 2)
    } configure: {
      $0.connectionCountMaxPerAddress = 1
    } _: { channel in
      async let first = channel.ask()
      // Behind the first in the queue of its loop.
      try await Task.sleep(for: .milliseconds(50))
      let error = await channel.failure(options: CallOptions(timeout: .milliseconds(100)))
      #expect(error?.code == .deadlineExceeded)
      #expect(error?.message.contains("before the server allowed another stream") == true)
      isOver.set()
      _ = try await first
      try await channel.ask()
    }
  }

  @Test("C1: no stream at first, then one; raised and lowered while calls wait")
  func changing() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin(settings: Self.limit(0))
      try connection.ping(1)
      #expect(connection.requests.isEmpty)
      try connection.send(Self.limit(1))
      let first = try connection.request()
      try connection.ping(2)
      #expect(connection.requests.count == 1)
      try connection.send(Self.limit(3))
      let second = try connection.request()
      let third = try connection.request()
      try connection.ping(3)
      #expect(connection.requests.count == 3)
      try connection.send(Self.limit(1))
      try connection.ping(4)
      try connection.send(Answers.ok(first.id) + Answers.ok(second.id))
      try connection.ping(5)
      #expect(connection.requests.count == 3)
      try connection.send(Answers.ok(third.id))
      for _ in 0..<2 { try connection.send(Answers.ok(try connection.request().id)) }
      try connection.untilGone()
    } configure: {
      $0.connectionCountMaxPerAddress = 1
    } _: { channel in
      let answers = try await Self.answers(channel, count: 5)
      #expect(answers.count == 5)
    }
  }

  @Test("C1: a call that waits for a stream when the connection goes is sent on the next")
  func lost() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin(settings: Self.limit(1))
      let id = try connection.request().id
      if connection.index == 0 {
        // By then the others wait.
        try connection.ping(1)
        usleep(50_000)
        return connection.close()
      }
      try connection.send(Answers.ok(id))
      try connection.send(Answers.ok(try connection.request().id))
      try connection.untilGone()
    } configure: {
      $0.connectionCountMaxPerAddress = 1
    } _: { channel in
      let errors = await withTaskGroup(of: RPCError?.self) { group in
        for _ in 0..<3 { group.addTask { await channel.failure() } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(errors.compactMap(\.self).map(\.code) == [.unavailable])
    }
  }

  @Test(
    "C1, C6: a second connection cannot be had, and then the first is lost: no call waits for ever")
  func lostWithoutAnother() async throws {
    let isRefused = Signal()
    let listener = try RawListener()
    let port = listener.port
    let server = Task {
      try await Wire.blocking {
        let socket = try #require(try listener.accept(withinMilliseconds: 10_000))
        listener.stop()
        let connection = try RawServed(socket, index: 0)
        try connection.begin(settings: Self.limit(1))
        _ = try connection.request()
        isRefused.wait()
        connection.close()
      }
    }
    var configuration = HTTP2Channel.Configuration()
    configuration.backoff = Backoff(initial: .milliseconds(300), multiplier: 1, max: .seconds(1))
    let channel = HTTP2Channel(
      endpoint: .tcp(host: "127.0.0.1", port: port), configuration: configuration)
    let errors = try await Channels.closing(channel) {
      await withTaskGroup(of: RPCError?.self) { group in
        let options = CallOptions(timeout: .seconds(5))
        for _ in 0..<3 { group.addTask { await channel.failure(options: options) } }
        // Time for the second connection to be refused.
        try? await Task.sleep(for: .milliseconds(100))
        isRefused.set()
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(errors.map { $0?.code } == [.unavailable, .unavailable, .unavailable])
    try await server.value
  }
}
