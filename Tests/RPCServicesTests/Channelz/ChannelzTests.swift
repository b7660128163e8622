import Protobuf
import RPCCore
import RPCServices
import Testing

@Suite("Channelz", .timeLimit(.minutes(1)))
struct ChannelzTests {
  private let directory = ServerDirectory()
  // 2026-01-02T03:04:05Z
  private let now: Int64 = 1_767_323_045_000_000

  private func ask<Response: RPCMessage>(
    _ method: String, _ request: some Message, as response: Response.Type = Response.self
  ) async throws -> Response {
    let service = ChannelzService(directory) { [now] in now }
    return try await DrivenCall.unary(service, method, request)
  }

  /// How many microseconds before `now` a time is told to be.
  private func microsecondsAgo(_ timestamp: GoogleProtobuf.Timestamp?) -> Int64? {
    timestamp?.microsecondsSinceEpoch.map { now - $0 }
  }

  private func connection(_ name: String) -> ConnectionSnapshot {
    ConnectionSnapshot(
      name: name, local: .ip(bytes: [127, 0, 0, 1], port: 50051),
      remote: .ip(bytes: [10, 0, 0, 7], port: 4711))
  }

  @Test("a server's counters, listeners and times are told")
  func server() async throws {
    let listener = ListenerSnapshot(
      id: directory.makeID(), address: .ip(bytes: [127, 0, 0, 1], port: 50051))
    let calls = StartCounts(
      startedCount: 7, succeededCount: 4, failedCount: 2,
      lastStartedAt: .now.advanced(by: .seconds(-60)))
    let id = directory.add(
      RememberedServer(ServerSnapshot(name: "office", calls: calls, listeners: [listener])))
    let response: GRPCChannelz.GetServerResponse = try await ask(
      "GetServer", GRPCChannelz.GetServerRequest.with { $0.serverId = id.rawValue })
    let server = try #require(response.server)
    #expect(server.ref?.serverId == id.rawValue)
    #expect(server.ref?.name == "office")
    #expect(server.data?.callsStarted == 7)
    #expect(server.data?.callsSucceeded == 4)
    #expect(server.data?.callsFailed == 2)
    let age = try #require(microsecondsAgo(server.data?.lastCallStartedTimestamp))
    #expect((60_000_000..<75_000_000).contains(age))
    #expect(server.listenSocket.map(\.socketId) == [listener.id.rawValue])

    let socket: GRPCChannelz.GetSocketResponse = try await ask(
      "GetSocket", GRPCChannelz.GetSocketRequest.with { $0.socketId = listener.id.rawValue })
    #expect(socket.socket?.ref?.socketId == listener.id.rawValue)
    #expect(
      socket.socket?.local?.address
        == .tcpipAddress(
          .with {
            $0.ipAddress = [127, 0, 0, 1]
            $0.port = 50051
          }))
    #expect(socket.socket?.remote == nil)
  }

  @Test("a connection's counters, addresses, windows and cipher suite are told, and no certificate")
  func socket() async throws {
    var snapshot = connection("10.0.0.7:4711")
    snapshot.tls = TLSSnapshot(version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256")
    snapshot.streams = StartCounts(startedCount: 9, succeededCount: 6, failedCount: 3)
    snapshot.sent = MessageCounts(count: 11, lastAt: .now.advanced(by: .seconds(-5)))
    snapshot.received = MessageCounts(count: 12)
    snapshot.keepalivesSentCount = 2
    snapshot.sendWindowByteCount = -3
    snapshot.receiveWindowByteCount = 1 << 20
    let id = directory.makeID()
    _ = directory.add(RememberedServer(ServerSnapshot()))
    _ = directory.add(RememberedServer(ServerSnapshot(), [id: snapshot]))
    let response: GRPCChannelz.GetSocketResponse = try await ask(
      "GetSocket", GRPCChannelz.GetSocketRequest.with { $0.socketId = id.rawValue })
    let socket = try #require(response.socket)
    let data = try #require(socket.data)
    #expect(socket.ref?.name == "10.0.0.7:4711")
    #expect(
      [
        data.streamsStarted, data.streamsSucceeded, data.streamsFailed, data.messagesSent,
        data.messagesReceived, data.keepAlivesSent,
      ] == [9, 6, 3, 11, 12, 2])
    let age = try #require(microsecondsAgo(data.lastMessageSentTimestamp))
    #expect((5_000_000..<20_000_000).contains(age))
    #expect(data.lastMessageReceivedTimestamp == nil)
    #expect(data.lastRemoteStreamCreatedTimestamp == nil)
    #expect(data.localFlowControlWindow?.value == -3)
    #expect(data.remoteFlowControlWindow?.value == 1 << 20)
    guard case .tls(let tls) = socket.security?.model else {
      Issue.record("no TLS is told")
      return
    }
    #expect(tls.cipherSuite == .standardName("TLS_AES_128_GCM_SHA256"))
    #expect(tls.localCertificate.isEmpty && tls.remoteCertificate.isEmpty)
  }

  @Test(
    "every sort of address has its form",
    arguments: [
      (
        .ip(bytes: Array(repeating: 1, count: 16), port: 1),
        .tcpipAddress(
          .with {
            $0.ipAddress = Array(repeating: 1, count: 16)
            $0.port = 1
          })
      ),
      (.unix(path: "/run/office"), .udsAddress(.with { $0.filename = "/run/office" })),
      (.other("in-process"), .otherAddress(.with { $0.name = "in-process" })),
    ] as [(NetworkAddress, GRPCChannelz.Address.Address)])
  func addresses(address: NetworkAddress, told: GRPCChannelz.Address.Address) async throws {
    let id = directory.makeID()
    let snapshot = ConnectionSnapshot(local: .other(""), remote: address)
    _ = directory.add(RememberedServer(ServerSnapshot(), [id: snapshot]))
    let response: GRPCChannelz.GetSocketResponse = try await ask(
      "GetSocket", GRPCChannelz.GetSocketRequest.with { $0.socketId = id.rawValue })
    #expect(response.socket?.remote?.address == told)
    #expect(response.socket?.security == nil)
  }

  @Test(
    "a page has what was asked for, a hundred at most, and says whether it is the last",
    arguments: [
      // start, results asked for, first and count of the page, whether it is the last; of ids 2...251
      (0, 0, 2, 100, false), (0, 1000, 2, 100, false), (0, 10, 2, 10, false),
      (102, 0, 102, 100, false),
      (152, 0, 152, 100, true), (151, 0, 151, 100, false), (242, 10, 242, 10, true),
      (242, 11, 242, 10, true), (251, 1, 251, 1, true), (252, 0, 0, 0, true),
      (Int64.max, 5, 0, 0, true), (0, Int64.max, 2, 100, false),
    ] as [(Int64, Int64, Int64, Int, Bool)])
  func pages(start: Int64, asked: Int64, first: Int64, count: Int, isLast: Bool) async throws {
    let own = directory.makeID()
    #expect(own.rawValue == 1)
    let ids = (0..<250).map { _ in directory.makeID() }
    let connections = Dictionary(
      uniqueKeysWithValues: ids.map { ($0, connection("\($0.rawValue)")) })
    let server = directory.add(RememberedServer(ServerSnapshot(), connections))
    let response: GRPCChannelz.GetServerSocketsResponse = try await ask(
      "GetServerSockets",
      GRPCChannelz.GetServerSocketsRequest.with {
        $0.serverId = server.rawValue
        $0.startSocketId = start
        $0.maxResults = asked
      })
    #expect(response.socketRef.map(\.socketId) == (0..<Int64(count)).map { first + $0 })
    #expect(response.socketRef.allSatisfy { $0.name == "\($0.socketId)" })
    #expect(response.end == isLast)
  }

  @Test("servers come in pages too")
  func servers() async throws {
    for name in ["a", "b", "c"] { _ = directory.add(RememberedServer(ServerSnapshot(name: name))) }
    for (start, asked, names, isLast) in [
      (0, 0, ["a", "b", "c"], true), (0, 2, ["a", "b"], false), (2, 2, ["b", "c"], true),
      (4, 0, [], true),
    ] as [(Int64, Int64, [String], Bool)] {
      let response: GRPCChannelz.GetServersResponse = try await ask(
        "GetServers",
        GRPCChannelz.GetServersRequest.with {
          $0.startServerId = start
          $0.maxResults = asked
        })
      #expect(response.server.map { $0.ref?.name } == names)
      #expect(response.end == isLast)
    }
  }

  @Test("there are no client channels to tell of")
  func channels() async throws {
    let top: GRPCChannelz.GetTopChannelsResponse = try await ask(
      "GetTopChannels", GRPCChannelz.GetTopChannelsRequest())
    #expect(top.channel.isEmpty && top.end)
    await #expect(throws: RPCError(.notFound, "there is no such channel")) {
      try await ask(
        "GetChannel", GRPCChannelz.GetChannelRequest(), as: GRPCChannelz.GetChannelResponse.self)
    }
    await #expect(throws: RPCError(.notFound, "there is no such subchannel")) {
      try await ask(
        "GetSubchannel", GRPCChannelz.GetSubchannelRequest(),
        as: GRPCChannelz.GetSubchannelResponse.self)
    }
  }

  @Test("what nobody has is NOT_FOUND, a server that has gone too", arguments: [-1, 0, 1, 2, 99])
  func absent(id: Int64) async throws {
    // 1 is the server, gone; 2 was its connection.
    let gone = directory.add(RememberedServer(ServerSnapshot()))
    directory.remove(gone)
    await #expect(throws: RPCError(.notFound, "there is no such server")) {
      try await ask(
        "GetServer", GRPCChannelz.GetServerRequest.with { $0.serverId = id },
        as: GRPCChannelz.GetServerResponse.self)
    }
    await #expect(throws: RPCError(.notFound, "there is no such server")) {
      try await ask(
        "GetServerSockets", GRPCChannelz.GetServerSocketsRequest.with { $0.serverId = id },
        as: GRPCChannelz.GetServerSocketsResponse.self)
    }
    await #expect(throws: RPCError(.notFound, "there is no such socket")) {
      try await ask(
        "GetSocket", GRPCChannelz.GetSocketRequest.with { $0.socketId = id },
        as: GRPCChannelz.GetSocketResponse.self)
    }
  }

  @Test("negative pages are INVALID_ARGUMENT", arguments: [(-1, 0), (0, -1)] as [(Int64, Int64)])
  func negative(start: Int64, asked: Int64) async throws {
    let id = directory.add(RememberedServer(ServerSnapshot()))
    let refusal = RPCError(
      .invalidArgument, "neither the start nor the number of results is negative")
    await #expect(throws: refusal) {
      try await ask(
        "GetServers",
        GRPCChannelz.GetServersRequest.with {
          $0.startServerId = start
          $0.maxResults = asked
        }, as: GRPCChannelz.GetServersResponse.self)
    }
    await #expect(throws: refusal) {
      try await ask(
        "GetServerSockets",
        GRPCChannelz.GetServerSocketsRequest.with {
          $0.serverId = id.rawValue
          $0.startSocketId = start
          $0.maxResults = asked
        }, as: GRPCChannelz.GetServerSocketsResponse.self)
    }
    await #expect(throws: refusal) {
      try await ask(
        "GetTopChannels",
        GRPCChannelz.GetTopChannelsRequest.with {
          $0.startChannelId = start
          $0.maxResults = asked
        }, as: GRPCChannelz.GetTopChannelsResponse.self)
    }
  }
}
