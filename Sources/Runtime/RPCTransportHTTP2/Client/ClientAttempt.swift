internal import HTTP2
internal import RPCCore
internal import RPCWire

/// One attempt of a call: what a server sees as a call.
final class ClientAttempt: @unchecked Sendable {
  // `@unchecked`: touched on its channel's loop only.

  /// Nil once its call is over.
  private(set) var call: ClientCall?
  /// 0 for the first of its call.
  let number: Int
  /// What the server is told about those before (gRFC A6).
  let previousCount: Int
  // SAFETY: on the loop only, and its methods call nobody who might come back here.
  @safe @exclusivity(unchecked) var machine: ClientStreamMachine

  /// Where it waits for a stream.
  var queue: AttemptQueue?
  /// The address it was sent to, for those who count.
  var subchannel: Subchannel?
  /// The stream that carries it; nil while it waits for one, and after its end.
  var stream: HTTP2Stream?
  /// Its connection, as long as there is a stream.
  var connection: ClientConnection?
  /// Requests given to the stream.
  var sentCount = 0
  /// How it ended, for the call to tell its caller.
  var outcome: ClientOutcome?

  init(call: ClientCall, number: Int, previousCount: Int) {
    self.call = call
    self.number = number
    self.previousCount = previousCount
    machine = ClientStreamMachine(
      kind: call.method.kind, responseByteCountMax: call.responseByteCountMax)
  }

  /// Gives the stream what the call has to send, as far as it was not given.
  func sendRequests() {
    guard let connection, let stream, !machine.isFinished else { return }
    guard let call else { return }
    while sentCount < call.requests.endIndex {
      connection.send(call.requests[sentCount], on: stream)
      sentCount += 1
    }
    if call.requests.isEnded { connection.finish(self) }
  }

  /// Does what the machine says.
  func act(_ action: OnResponse) {
    switch action {
    case .none: break
    case .head: call?.headCame(of: self)
    case .readable: call?.responseCame(of: self)
    case .finish(let outcome): finish(outcome)
    }
  }

  /// The attempt is over.
  func finish(_ outcome: ClientOutcome) {
    self.outcome = outcome
    queue?.remove(self)
    connection?.ended(self, outcome.reset)
    var code = StatusCode.ok
    if case .failure(let error) = outcome.result { code = error.code }
    leaveSubchannel(counted: code)
    call?.attemptEnded(self, outcome)
  }

  /// Lets go of the call, which is over.
  func forgetCall() { call = nil }

  /// The call's deadline has passed: then the call ends now, whatever has just come from the server (R14).
  func endIfOverdue() {
    if let call, call.deadline?.hasPassed(at: .now) ?? false { call.fire() }
  }

  /// Ends the attempt without telling its call, which knows.
  func abandon(
    counted code: StatusCode? = nil, _ event: (inout ClientStreamMachine) -> OnResponse
  ) {
    guard case .finish(let outcome) = event(&machine) else { return }
    self.outcome = outcome
    queue?.remove(self)
    connection?.ended(self, outcome.reset)
    leaveSubchannel(counted: code)
  }

  /// What asks about an address says nothing of how calls fare there.
  private func leaveSubchannel(counted code: StatusCode?) {
    subchannel?.attemptEnded(call?.pinned == nil ? code : nil)
    subchannel = nil
  }
}
