internal import Protobuf
public import RPCCore

/// `grpc.channelz.v1.Channelz` over a ``ServerDirectory``: counters of servers and their connections.
///
/// It tells the addresses of all who are connected, so it belongs behind interceptors that let only the
/// operator in. Client channels are not told of: the lists of them are empty.
public struct ChannelzService: GRPCChannelz.Channelz {
  private let directory: ServerDirectory
  private let microsecondsSinceEpoch: @Sendable () -> Int64

  /// Answers from what the servers of `directory` tell.
  ///
  /// - Parameter microsecondsSinceEpoch: the calendar's time, counted from 1970-01-01T00:00:00Z
  public init(
    _ directory: ServerDirectory, microsecondsSinceEpoch: @escaping @Sendable () -> Int64
  ) {
    self.directory = directory
    self.microsecondsSinceEpoch = microsecondsSinceEpoch
  }

  /// A page of the servers, in ascending order of their numbers.
  public func getServers(
    _ request: GRPCChannelz.GetServersRequest, call: ServerCall
  ) async throws -> GRPCChannelz.GetServersResponse {
    let page = try ChannelzPage(start: request.startServerId, maxResults: request.maxResults)
    let (entries, isLast) = page.cut(directory.servers.filter { $0.id >= page.first })
    var response = GRPCChannelz.GetServersResponse()
    for entry in entries { response.server.append(await server(entry)) }
    response.end = isLast
    return response
  }

  /// One server, or NOT_FOUND.
  public func getServer(
    _ request: GRPCChannelz.GetServerRequest, call: ServerCall
  ) async throws -> GRPCChannelz.GetServerResponse {
    let server = await server(try entry(request.serverId))
    return .with { $0.server = server }
  }

  /// A page of one server's connections, in ascending order of their numbers; NOT_FOUND without the server.
  public func getServerSockets(
    _ request: GRPCChannelz.GetServerSocketsRequest, call: ServerCall
  ) async throws -> GRPCChannelz.GetServerSocketsResponse {
    let page = try ChannelzPage(start: request.startSocketId, maxResults: request.maxResults)
    // One more than the page, to know whether it is the last.
    let found = try await entry(request.serverId).server
      .connectionReferences(from: page.first, countMax: page.countMax + 1)
    let (references, isLast) = page.cut(found)
    return .with {
      $0.socketRef = references.map { .init($0.id, name: $0.name) }
      $0.end = isLast
    }
  }

  /// One connection or listener of any server, or NOT_FOUND.
  public func getSocket(
    _ request: GRPCChannelz.GetSocketRequest, call: ServerCall
  ) async throws -> GRPCChannelz.GetSocketResponse {
    guard let socket = await socket(IntrospectionID(rawValue: request.socketId)) else {
      throw RPCError(.notFound, "there is no such socket")
    }
    return .with { $0.socket = socket }
  }

  /// None, always.
  public func getTopChannels(
    _ request: GRPCChannelz.GetTopChannelsRequest, call: ServerCall
  ) async throws -> GRPCChannelz.GetTopChannelsResponse {
    _ = try ChannelzPage(start: request.startChannelId, maxResults: request.maxResults)
    return .with { $0.end = true }
  }

  /// NOT_FOUND, always.
  public func getChannel(
    _ request: GRPCChannelz.GetChannelRequest, call: ServerCall
  ) async throws -> GRPCChannelz.GetChannelResponse {
    throw RPCError(.notFound, "there is no such channel")
  }

  /// NOT_FOUND, always.
  public func getSubchannel(
    _ request: GRPCChannelz.GetSubchannelRequest, call: ServerCall
  ) async throws -> GRPCChannelz.GetSubchannelResponse {
    throw RPCError(.notFound, "there is no such subchannel")
  }
}

extension ChannelzService {
  private var clock: ChannelzClock {
    ChannelzClock(steadyNow: .now, microsecondsNow: microsecondsSinceEpoch())
  }

  private func entry(_ id: Int64) throws(RPCError) -> ServerDirectory.Entry {
    guard let entry = directory.servers.first(where: { $0.id.rawValue == id }) else {
      throw RPCError(.notFound, "there is no such server")
    }
    return entry
  }

  private func server(_ entry: ServerDirectory.Entry) async -> GRPCChannelz.Server {
    GRPCChannelz.Server(entry.id, await entry.server.serverSnapshot(), clock)
  }

  /// Connections are asked for first: that is a look into a table, while a whole server's snapshot is not.
  private func socket(_ id: IntrospectionID) async -> GRPCChannelz.Socket? {
    let servers = directory.servers.map(\.server)
    for server in servers {
      if let snapshot = await server.connectionSnapshot(id) { return .init(id, snapshot, clock) }
    }
    for server in servers {
      let listeners = await server.serverSnapshot().listeners
      if let listener = listeners.first(where: { $0.id == id }) { return .init(listener) }
    }
    return nil
  }
}
