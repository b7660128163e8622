internal import Synchronization

/// What a server's loops count together, against the ceilings for everybody.
final class ServerAccounts: Sendable {
  private let limits: HTTP2Server.Limits
  private let runningHandlerCount = Atomic(0)
  private let assemblingByteCount = Atomic(0)

  init(limits: HTTP2Server.Limits) {
    self.limits = limits
  }

  /// Whether one more handler may run.
  var hasRoomForHandler: Bool {
    runningHandlerCount.load(ordering: .relaxed) < limits.runningHandlerCountMax
  }

  func handlerStarted() { runningHandlerCount.wrappingAdd(1, ordering: .relaxed) }

  func handlerEnded() { runningHandlerCount.wrappingSubtract(1, ordering: .relaxed) }

  /// Counts bytes of unfinished requests, or fewer of them.
  ///
  /// - Returns: whether they are within the ceiling
  func countAssembling(_ difference: Int) -> Bool {
    assemblingByteCount.wrappingAdd(difference, ordering: .relaxed).newValue
      <= limits.assemblingByteCountMax
  }
}
