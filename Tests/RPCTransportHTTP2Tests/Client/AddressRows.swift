import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client and addresses that change, and those that nobody calls", .timeLimit(.minutes(2)))
struct AddressRows {
  // MARK: Addresses that change

  private static func book(
    _ book: ServiceConfigRows.Book, _ json: String = "{}"
  ) throws -> HTTP2Channel {
    var configuration = HTTP2Channel.Configuration()
    configuration.serviceConfig = try ServiceConfig(json: json)
    configuration.resolver = book
    configuration.resolutionPause = .milliseconds(10)
    configuration.backoff = Backoff(
      initial: .milliseconds(20), multiplier: 1, max: .milliseconds(20))
    return HTTP2Channel(target: .dns(host: "nobody.test", port: 1), configuration: configuration)
  }

  @Test("a lost connection makes the channel ask for the addresses again")
  func reresolution() async throws {
    try await Numbered.withServers(1) { places, _ in
      let book = ServiceConfigRows.Book([])
      try await ScriptedServer.listening { connection in
        try connection.begin()
        try connection.send(Answers.ok(try connection.request().id, [50]))
        book.turn(to: places)
        connection.close()
      } _: { port in
        book.turn(to: [.tcp(host: "127.0.0.1", port: port)])
        let channel = try Self.book(book)
        try await Channels.closing(channel) {
          let before = try await Numbered.ask(channel)
          #expect(before == 50)
          let end = ContinuousClock.now + .seconds(10)
          var after: UInt8?
          while after != 0, ContinuousClock.now < end { after = try? await Numbered.ask(channel) }
          #expect(after == 0)
          #expect(book.askedCount >= 2)
        }
      }
    }
  }

  @Test(
    "addresses that are new are used, and those that are gone are left once their calls are over")
  func changed() async throws {
    let isTurned = Signal()
    try await Numbered.withServers(3) { places, services in
      let book = ServiceConfigRows.Book([])
      try await ScriptedServer.listening { connection in
        // Its end is what makes the channel ask again.
        try connection.begin()
        try connection.send(Answers.ok(try connection.request().id, [60]))
        isTurned.wait()
        connection.close()
      } _: { port in
        book.turn(to: [places[0], places[1], .tcp(host: "127.0.0.1", port: port)])
        let channel = try Self.book(book, Numbered.roundRobin)
        try await Channels.closing(channel) {
          _ = try await Numbered.answers(channel, from: [0, 1, 60], then: 0)
          services[0].isHeld.store(true, ordering: .relaxed)
          let before = services[0].callCount.load(ordering: .relaxed)
          let running = (0..<3).map { _ in Task { try? await Numbered.ask(channel) } }
          let end = ContinuousClock.now + .seconds(10)
          while services[0].callCount.load(ordering: .relaxed) == before, ContinuousClock.now < end
          {
            try await Task.sleep(for: .milliseconds(2))
          }
          book.turn(to: [places[1], places[2]])
          isTurned.set()
          let answers = try await Numbered.answers(channel, from: [1, 2], then: 10)
          #expect(answers.count { $0 == 1 } == 5)
          services[0].isHeld.store(false, ordering: .relaxed)
          var ended: [UInt8?] = []
          for task in running { ended.append(await task.value) }
          #expect(ended.contains(0))
        }
      }
    }
  }

  /// Answers when it is let.
  private struct SlowBook: AddressResolver {
    let address: Endpoint
    let isAsked = Signal()
    let isLet = Signal()

    func resolve() async throws -> ResolvedAddresses {
      isAsked.set()
      await isLet.passed()
      return ResolvedAddresses(addresses: [address, address])
    }
  }

  @Test("addresses that come after the channel was closed are not connected to")
  func late() async throws {
    let count = Atomic(0)
    try await ScriptedServer.listening { connection in
      count.wrappingAdd(1, ordering: .relaxed)
      try connection.begin()
      try connection.untilGone(within: .seconds(1))
    } _: { port in
      let book = SlowBook(address: .tcp(host: "127.0.0.1", port: port))
      var configuration = HTTP2Channel.Configuration()
      configuration.resolver = book
      let channel = HTTP2Channel(
        target: .dns(host: "nobody.test", port: 1), configuration: configuration)
      let error = await channel.failure(options: CallOptions(timeout: .milliseconds(50)))
      #expect(error?.code == .deadlineExceeded)
      #expect(book.isAsked.isSet)
      await Channels.close(channel)
      book.isLet.set()
      try await Task.sleep(for: .milliseconds(200))
      #expect(count.load(ordering: .relaxed) == 0)
    }
  }

  @Test("round_robin: an address that is there twice counts once")
  func twice() async throws {
    let count = Atomic(0)
    try await ScriptedServer.listening { connection in
      count.wrappingAdd(1, ordering: .relaxed)
      try connection.begin()
      while true { try connection.send(Answers.ok(try connection.request().id, [8])) }
    } _: { port in
      let place = Endpoint.tcp(host: "127.0.0.1", port: port)
      let channel = try Numbered.channel([place, place], Numbered.roundRobin)
      try await Channels.closing(channel) {
        for _ in 0..<4 { _ = try await Numbered.ask(channel) }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    #expect(count.load(ordering: .relaxed) == 1)
  }

  // MARK: Idle

  @Test(
    "C6: a channel without calls closes its connections and makes them again",
    arguments: ["{}", Numbered.roundRobin])
  func idle(_ json: String) async throws {
    let opened = Atomic(0)
    let closed = Atomic(0)
    try await ScriptedServer.listening { connection in
      opened.wrappingAdd(1, ordering: .relaxed)
      defer { closed.wrappingAdd(1, ordering: .relaxed) }
      try connection.begin()
      while true { try connection.send(Answers.ok(try connection.request().id, [8])) }
    } _: { port in
      let channel = try Numbered.channel([.tcp(host: "127.0.0.1", port: port)], json) {
        $0.idleTimeout = .milliseconds(100)
      }
      try await Channels.closing(channel) {
        for count in 1...2 {
          let answer = try await Numbered.ask(channel)
          #expect(answer == 8)
          let end = ContinuousClock.now + .seconds(5)
          while closed.load(ordering: .relaxed) < count, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(5))
          }
          #expect(closed.load(ordering: .relaxed) == count)
          // And stays closed until it is needed.
          try await Task.sleep(for: .milliseconds(100))
          #expect(opened.load(ordering: .relaxed) == count)
        }
      }
    }
  }
}
