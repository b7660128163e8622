internal import Protobuf
internal import RPCCore

extension GRPCChannelz.Server {
  init(_ id: IntrospectionID, _ snapshot: ServerSnapshot, _ clock: ChannelzClock) {
    self.init()
    ref = .with {
      $0.serverId = id.rawValue
      $0.name = snapshot.name
    }
    data = .with {
      $0.callsStarted = Int64(snapshot.calls.startedCount)
      $0.callsSucceeded = Int64(snapshot.calls.succeededCount)
      $0.callsFailed = Int64(snapshot.calls.failedCount)
      $0.lastCallStartedTimestamp = clock.timestamp(of: snapshot.calls.lastStartedAt)
    }
    listenSocket = snapshot.listeners.map { .init($0.id) }
  }
}

extension GRPCChannelz.SocketRef {
  init(_ id: IntrospectionID, name: String = "") {
    self.init()
    socketId = id.rawValue
    self.name = name
  }
}

extension GRPCChannelz.Socket {
  init(_ listener: ListenerSnapshot) {
    self.init()
    ref = .init(listener.id)
    data = .init()
    local = .init(listener.address)
  }

  init(_ id: IntrospectionID, _ snapshot: ConnectionSnapshot, _ clock: ChannelzClock) {
    self.init()
    ref = .init(id, name: snapshot.name)
    data = .init(snapshot, clock)
    local = .init(snapshot.local)
    remote = .init(snapshot.remote)
    security = snapshot.tls.map { .init($0) }
  }
}

extension GRPCChannelz.SocketData {
  init(_ snapshot: ConnectionSnapshot, _ clock: ChannelzClock) {
    self.init()
    streamsStarted = Int64(snapshot.streams.startedCount)
    streamsSucceeded = Int64(snapshot.streams.succeededCount)
    streamsFailed = Int64(snapshot.streams.failedCount)
    lastRemoteStreamCreatedTimestamp = clock.timestamp(of: snapshot.streams.lastStartedAt)
    messagesSent = Int64(snapshot.sent.count)
    lastMessageSentTimestamp = clock.timestamp(of: snapshot.sent.lastAt)
    messagesReceived = Int64(snapshot.received.count)
    lastMessageReceivedTimestamp = clock.timestamp(of: snapshot.received.lastAt)
    keepAlivesSent = Int64(snapshot.keepalivesSentCount)
    // "Local" is the window that the peer grants to us, "remote" the one that we grant.
    localFlowControlWindow = snapshot.sendWindowByteCount.map { .init(Int64($0)) }
    remoteFlowControlWindow = snapshot.receiveWindowByteCount.map { .init(Int64($0)) }
  }
}

extension GoogleProtobuf.Int64Value {
  fileprivate init(_ value: Int64) {
    self.init()
    self.value = value
  }
}

extension GRPCChannelz.Address {
  init(_ address: NetworkAddress) {
    self.init()
    switch address {
    case .ip(let bytes, let port):
      self.address = .tcpipAddress(
        .with {
          $0.ipAddress = bytes
          $0.port = Int32(clamping: port)
        })
    case .unix(let path):
      self.address = .udsAddress(.with { $0.filename = path })
    case .other(let name):
      self.address = .otherAddress(.with { $0.name = name })
    }
  }
}

extension GRPCChannelz.Security {
  /// The suite alone, never a certificate: the protocol has places for them, but they name people.
  init(_ tls: TLSSnapshot) {
    self.init()
    model = .tls(
      .with {
        $0.cipherSuite = tls.cipherSuite.map { .standardName($0) } ?? .otherName(tls.version)
      })
  }
}
