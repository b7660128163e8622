internal import Protobuf
internal import RPCCore
internal import RPCPolicy
internal import SafeMobilityAPI

/// The client's side of an exchange over all of its streams: what to say on the present one, what is told, and how
/// the next one goes on.
///
///     cutOff(token) ──opened──▶ open: hello, commands without a result, acknowledgements
///          ▲                      │
///          └── broken, reset ─────┘   (a reset without a token: from the beginning)
///
/// Work comes again under another number after a break, so it is known by its event: it is told once, and what is
/// stored is acknowledged on every stream it comes on. The server's acknowledgements are of everything up to a
/// number, so one leaves when all before it is stored.
struct PartnerExchangeMachine: ~Copyable {
  /// What to do about a message of the server.
  enum OnMessage: Equatable {
    case tell(ExchangeEvent)
    /// A command's result; nil when nobody waits for it any more.
    case finish(command: Int?, SafeMobility.ExchangeResult)
    case nothing
    /// Leave the stream, pause, and open another.
    case leave(Duration)
    /// Leave the stream, tell it, pause, and begin anew.
    case startOver(Duration)
  }

  private struct Work {
    var number: Int64
    var id: WatchEventID
    var isStored: Bool
  }

  private struct Command {
    /// nil once nobody waits for it.
    var id: Int?
    var command: SafeMobility.ExchangeCommand
    var isSent = false
  }

  /// The room that a server gives to those who do not ask.
  private static let inFlightUsual = 32

  private let inFlightMax: Int
  private var resumeToken: String
  private var isOpen = false
  private var isHelloDue = false
  /// What has come on this stream and is not acknowledged there.
  private var works: [Work] = []
  private var ackDue: Int64?
  private var told = RecentEvents()
  private var stored = RecentEvents()
  private var commands: [Command] = []
  private var backoff: Backoff

  /// - Parameters:
  ///   - resumeToken: where to begin; empty for what is open
  ///   - inFlightMax: the most work not acknowledged; 0 for the usual
  init(from resumeToken: String, inFlightMax: Int, backoff: Backoff) {
    self.resumeToken = resumeToken
    self.inFlightMax = inFlightMax
    self.backoff = backoff
  }

  // MARK: What the caller does

  /// Work is stored.
  mutating func store(_ id: WatchEventID) {
    _ = stored.insert(id)
    for index in works.indices where works[index].id == id { works[index].isStored = true }
    acknowledge()
  }

  /// A command is to be done, on this stream or the next.
  mutating func command(_ command: SafeMobility.ExchangeCommand, id: Int) {
    commands.append(Command(id: id, command: command))
  }

  /// Nobody waits for a command any more. Whether it was done is not known.
  mutating func forget(command id: Int) {
    guard let index = commands.firstIndex(where: { $0.id == id }) else { return }
    if commands[index].isSent {
      commands[index].id = nil
    } else {
      commands.remove(at: index)
    }
  }

  // MARK: What is said

  /// A stream is on its way.
  mutating func opened() {
    isOpen = true
    isHelloDue = true
  }

  /// What to say next; nil for nothing yet.
  mutating func nextRequest() -> SafeMobility.ExchangeRequest? {
    guard isOpen else { return nil }
    if isHelloDue {
      isHelloDue = false
      return .with {
        $0.message = .hello(
          .with {
            $0.resumeToken = resumeToken
            $0.maxInFlight = Int32(clamping: inFlightMax)
          })
      }
    }
    if let number = ackDue {
      ackDue = nil
      return .with { $0.message = .ack(.with { $0.eventNo = number }) }
    }
    guard let index = commands.firstIndex(where: { !$0.isSent }) else { return nil }
    commands[index].isSent = true
    return .with { $0.message = .command(commands[index].command) }
  }

  // MARK: What is heard

  /// A message has come.
  mutating func messageArrived(
    _ message: SafeMobility.ExchangeResponse.Message?,
    using random: inout some RandomNumberGenerator
  ) -> OnMessage {
    switch message {
    case .work(let work): return workArrived(work, using: &random)
    case .result(let result): return resultArrived(result, using: &random)
    case .bookmark(let bookmark):
      backoff.reset()
      resumeToken = bookmark.resumeToken
      return .tell(.stored(resumeToken: resumeToken))
    case .reset(let reset):
      let pause = cutOff(using: &random)
      if reset.resumeToken.isEmpty { return .startOver(startOver(pause)) }
      resumeToken = reset.resumeToken
      return .leave(pause)
    case nil: return .nothing
    }
  }

  private mutating func workArrived(
    _ work: SafeMobility.ExchangeWork, using random: inout some RandomNumberGenerator
  ) -> OnMessage {
    let id = WatchEventID(work.status)
    // More than was allowed: whoever sends that is not heard, or it would fill our memory.
    guard works.count < (inFlightMax > 0 ? inFlightMax : Self.inFlightUsual) else {
      return .leave(cutOff(using: &random))
    }
    backoff.reset()
    works.append(Work(number: work.eventNo, id: id, isStored: stored.contains(id)))
    acknowledge()
    return told.insert(id) ? .tell(.work(work)) : .nothing
  }

  private mutating func resultArrived(
    _ result: SafeMobility.ExchangeResult, using random: inout some RandomNumberGenerator
  ) -> OnMessage {
    // Results come in the order of their commands, so one of another command is of another mind.
    guard let index = commands.firstIndex(where: \.isSent),
      commands[index].command.requestID == result.requestId
    else { return .leave(cutOff(using: &random)) }
    backoff.reset()
    return .finish(command: commands.remove(at: index).id, result)
  }

  /// A stream has ended with an error, or, for nil, with OK.
  mutating func callEnded(
    _ error: RPCError?, using random: inout some RandomNumberGenerator
  ) -> WatchEnd.Reaction {
    let pause = cutOff(using: &random)
    switch WatchEnd(error) {
    case .broken(let least): return .pause(max(least, pause))
    case .expired: return .startOver(startOver(pause))
    case .final: return .fail
    }
  }

  /// What was said on this stream, and did not come to its end, is said on the next.
  private mutating func cutOff(using random: inout some RandomNumberGenerator) -> Duration {
    isOpen = false
    works = []
    ackDue = nil
    commands.removeAll { $0.id == nil }
    for index in commands.indices { commands[index].isSent = false }
    return backoff.next(using: &random)
  }

  private mutating func startOver(_ pause: Duration) -> Duration {
    resumeToken = ""
    // Whoever is told from the beginning must be told everything.
    told = RecentEvents()
    stored = RecentEvents()
    return pause
  }

  private mutating func acknowledge() {
    while let first = works.first, first.isStored {
      ackDue = first.number
      works.removeFirst()
    }
  }
}

extension SafeMobility.ExchangeCommand {
  /// The `request_id` of its move.
  var requestID: String {
    switch command {
    case .acknowledgeReferral(let request): request.requestId
    case .acceptReferral(let request): request.requestId
    case .returnReferral(let request): request.requestId
    case .advanceReferral(let request): request.requestId
    case .recordDecision(let request): request.requestId
    case .rejectReferral(let request): request.requestId
    case .confirmWithdrawal(let request): request.requestId
    case nil: ""
    }
  }
}
