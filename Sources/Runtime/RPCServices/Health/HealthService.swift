internal import Protobuf
public import RPCCore

/// `grpc.health.v1.Health` over a ``HealthBoard``: what load balancers and probes ask.
public struct HealthService: GRPCHealth.Health {
  private let board: HealthBoard

  /// Answers from `board`, which the server keeps writing on.
  public init(_ board: HealthBoard) {
    self.board = board
  }

  /// The status of one service; NOT_FOUND when it was never set.
  public func check(
    _ request: GRPCHealth.HealthCheckRequest, call: ServerCall
  ) async throws -> GRPCHealth.HealthCheckResponse {
    guard let status = board.status(of: request.service) else {
      throw RPCError(.notFound, "the service is not known")
    }
    return .with { $0.status = status.served }
  }

  /// The status of every service; RESOURCE_EXHAUSTED when there are more than the limit.
  public func list(
    _ request: GRPCHealth.HealthListRequest, call: ServerCall
  ) async throws -> GRPCHealth.HealthListResponse {
    guard let statuses = board.statuses(countMax: board.limits.listedServiceCountMax) else {
      throw RPCError(.resourceExhausted, "there are too many services to list")
    }
    return .with { response in
      response.statuses = statuses.mapValues { status in .with { $0.status = status.served } }
    }
  }

  /// The status now and after each change, until the call is over or the board's watches end.
  ///
  /// A service that was never set is SERVICE_UNKNOWN, not a failure: it may come.
  public func watch(
    _ request: GRPCHealth.HealthCheckRequest,
    responses: ResponseStream<GRPCHealth.HealthCheckResponse>, call: ServerCall
  ) async throws {
    let watcher = try board.addWatcher(of: request.service, for: call.peer)
    defer { board.remove(watcher) }
    var told: GRPCHealth.HealthCheckResponse.ServingStatus?
    for await status in watcher.statuses {
      let served = status?.served ?? .serviceUnknown
      // Changes that were not read in time may have led back to what was told last.
      if served == told { continue }
      told = served
      try await responses.write(.with { $0.status = served })
    }
    try Task.checkCancellation()
    throw RPCError.watchesEnded
  }
}
