internal import Synchronization

/// What a server's loops count together, against the ceilings for everybody.
final class ServerAccounts: Sendable {
  /// What the server was made with; here once for all connections, for it is large.
  let configuration: HTTP2Server.Configuration
  private let runningHandlerCount = Atomic(0)
  private let assemblingByteCount = Atomic(0)

  init(_ configuration: HTTP2Server.Configuration) {
    self.configuration = configuration
  }

  /// Whether one more handler may run.
  var hasRoomForHandler: Bool {
    runningHandlerCount.load(ordering: .relaxed) < configuration.limits.runningHandlerCountMax
  }

  func handlerStarted() { runningHandlerCount.wrappingAdd(1, ordering: .relaxed) }

  func handlerEnded() { runningHandlerCount.wrappingSubtract(1, ordering: .relaxed) }

  /// Waits for handlers whose clients have gone: one that is busy and deaf to cancellation must find its
  /// event loop alive when it comes to its end.
  func waitForHandlers(until end: ContinuousClock.Instant) async {
    // Not cancelled with the server's task, which would make the pause none.
    await Task { [self] in
      while runningHandlerCount.load(ordering: .relaxed) > 0, ContinuousClock.now < end {
        try? await Task.sleep(for: .milliseconds(5))
      }
    }.value
  }

  /// Counts bytes of unfinished requests, or fewer of them.
  ///
  /// - Returns: whether they are within the ceiling
  func countAssembling(_ difference: Int) -> Bool {
    assemblingByteCount.wrappingAdd(difference, ordering: .relaxed).newValue
      <= configuration.limits.assemblingByteCountMax
  }
}
