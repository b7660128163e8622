import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ReferralDesk {
  public func exchange(
    _ requests: RequestStream<SafeMobility.ExchangeRequest>,
    responses: ResponseStream<SafeMobility.ExchangeResponse>, call: ServerCall
  ) async throws {
    let (caller, _) = try desk.admission(of: call)
    let watches = desk.watches
    // From the first moment on, so that a call without a hello counts, and ends with the server.
    let watcher = try watches.add(for: caller.partner, of: ExchangeView.kinds)
    defer { watches.remove(watcher) }
    let session = ExchangeSession(responses) { watches.wake(watcher) }
    let failure = await withTaskGroup { group in
      group.addTask { await Side(isReader: true) { try await read(requests, session, call) } }
      group.addTask { await Side(isReader: false) { try await tell(watcher, session) } }
      return await Self.end(&group, session)
    }
    try Task.checkCancellation()
    if let failure { throw failure }
  }

  /// How one of the two sides has ended.
  private struct Side: Sendable {
    let isReader: Bool
    /// nil for by itself.
    var failure: (any Error)?

    init(isReader: Bool, _ body: () async throws -> Void) async {
      self.isReader = isReader
      do { try await body() } catch { failure = error }
    }
  }

  /// Waits for both sides. What ends the one is for the other a reason to end, but never in a command.
  ///
  /// - Returns: what the call ends with; nil for OK
  private static func end(
    _ group: inout TaskGroup<Side>, _ session: ExchangeSession
  ) async -> (any Error)? {
    var failure: (any Error)?
    var isCutOff = false
    for await side in group where !isCutOff {
      failure = failure ?? side.failure
      let isCut = side.isReader ? side.failure != nil : session.told() == .stopReader
      guard isCut else { continue }
      isCutOff = true
      group.cancelAll()
    }
    return failure
  }

  /// Reads what the client says, and does its commands one after the other.
  private func read(
    _ requests: RequestStream<SafeMobility.ExchangeRequest>, _ session: ExchangeSession,
    _ call: ServerCall
  ) async throws {
    let commands = ExchangeCommands(at: desk, in: call)
    let (caller, _) = try desk.admission(of: call)
    for try await request in requests {
      // What is wrong with a command's request is the command's failure.
      if !request.isCommand { try desk.validator.check(request, now: caller.callTime) }
      switch try session.arrived(request.message) {
      case .begin:
        try await begin(request, session, call)
      case .wakeTeller:
        continue
      case .run:
        guard case .command(let command) = request.message else { continue }
        guard try await session.answer(commands.result(of: command)) else { return }
      case .drop:
        return
      }
    }
    try session.requestsEnded()
  }

  /// Opens the token of a hello, and writes down that the exchange begins.
  private func begin(
    _ request: SafeMobility.ExchangeRequest, _ session: ExchangeSession, _ call: ServerCall
  ) async throws {
    guard case .hello(let hello) = request.message else { return }
    let watch = try Watch(call, at: desk, ExchangeView(rules: desk.validator.rules))
    let (token, receipt) = try await watch.begin(hello.resumeToken, call)
    try receipt?.tell(call)
    try await session.begin(.init(watch: watch, token: token))
  }

  /// Tells of referrals.
  private func tell(_ watcher: WatchBoard.Watcher, _ session: ExchangeSession) async throws {
    let start = try await session.started(
      watcher.wakeUps, within: desk.watches.limits.helloAgeMax)
    try await start.watch.run(from: start.token, watcher, session)
  }
}

extension SafeMobility.ExchangeRequest {
  fileprivate var isCommand: Bool {
    if case .command = message { true } else { false }
  }
}
