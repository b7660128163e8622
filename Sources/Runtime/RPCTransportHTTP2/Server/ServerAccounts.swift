/// What all connections of a server share.
final class ServerAccounts: Sendable {
  /// What the server was made with; here once for all connections, for it is large.
  let configuration: HTTP2Server.Configuration
  /// What all of them hold.
  let everybody: SharedAccount

  init(_ configuration: HTTP2Server.Configuration) {
    self.configuration = configuration
    everybody = SharedAccount(ofAll: configuration.limits)
  }

  /// Waits for handlers whose clients have gone: one that is busy and deaf to cancellation must find its
  /// event loop alive when it comes to its end.
  func waitForHandlers(until end: ContinuousClock.Instant) async {
    // Not cancelled with the server's task, which would make the pause none.
    await Task { [self] in
      while everybody.handlerCount > 0, ContinuousClock.now < end {
        try? await Task.sleep(for: .milliseconds(5))
      }
    }.value
  }
}
