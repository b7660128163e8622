internal import HTTP2
internal import RPCCore
internal import RPCWire

/// One call of a client, from the moment it is asked for until its caller has the answer.
///
/// As a timer it is its own deadline. `@unchecked Sendable`: made anywhere, then touched on its
/// channel's event loop only.
final class ClientCall: WheelTimer, @unchecked Sendable {
  typealias Answer = Result<RawResponse, RPCError>

  let method: MethodDescriptor
  let request: [UInt8]
  let metadata: Metadata
  /// When the caller stops waiting; nil for never.
  let deadline: Deadline?
  let responseByteCountMax: Int

  /// What has arrived of the answer; made anew when the call is sent again.
  var machine: ClientStreamMachine
  /// The stream that carries it; nil while it waits for one, and after its end.
  var stream: HTTP2Stream?
  /// The connection of the stream.
  weak var connection: ClientConnection?
  /// It was sent once and not looked at; a second time it fails (gRFC A6, transparent retries).
  var isRetried = false
  /// The channel, which is told when the deadline passes.
  weak var core: ChannelCore?
  private(set) var isFinished = false
  private var caller: CheckedContinuation<Answer, Never>?
  private var earlyAnswer: Answer?

  init(
    method: MethodDescriptor, request: [UInt8], metadata: Metadata, deadline: Deadline?,
    responseByteCountMax: Int
  ) {
    self.method = method
    self.request = request
    self.metadata = metadata
    self.deadline = deadline
    self.responseByteCountMax = responseByteCountMax
    machine = ClientStreamMachine(responseByteCountMax: responseByteCountMax)
  }

  override func fire() { core?.deadlinePassed(self) }

  /// Whether the deadline is over by now.
  var hasExpired: Bool { deadline?.hasPassed(at: .now) ?? false }

  /// Says who waits for the answer. It may be there already: a cancellation can come first.
  func await(_ caller: CheckedContinuation<Answer, Never>) {
    if let earlyAnswer {
      caller.resume(returning: earlyAnswer)
    } else {
      self.caller = caller
    }
  }

  /// Gives the answer; only the first counts.
  func finish(_ answer: Answer) {
    guard !isFinished else { return }
    isFinished = true
    if let caller {
      self.caller = nil
      caller.resume(returning: answer)
    } else {
      earlyAnswer = answer
    }
  }

  /// Makes the call as if it had not been sent.
  func prepareAgain() {
    isRetried = true
    stream = nil
    connection = nil
    machine = ClientStreamMachine(responseByteCountMax: responseByteCountMax)
  }
}
