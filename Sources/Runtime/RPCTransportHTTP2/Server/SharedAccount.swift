internal import Synchronization

/// What connections hold of a server.
struct Holdings: Equatable {
  /// Handlers that run.
  var handlerCount = 0
  /// Bytes of requests that no handler has taken, and of responses that have not been sent.
  var byteCount = 0
}

/// What several connections hold together: those of one address, or all.
///
/// Connections bring theirs up to date once a pass, which for most calls is when nothing is left of them.
final class SharedAccount: Sendable {
  private let ceiling: Holdings
  private let handlers = Atomic(0)
  private let bytes = Atomic(0)

  private init(ceiling: Holdings) {
    self.ceiling = ceiling
  }

  /// For the connections of one address.
  convenience init(perAddress limits: HTTP2Server.Limits) {
    self.init(
      ceiling: Holdings(
        handlerCount: limits.runningHandlerCountMaxPerAddress,
        byteCount: limits.heldByteCountMaxPerAddress))
  }

  /// For all connections.
  convenience init(ofAll limits: HTTP2Server.Limits) {
    self.init(
      ceiling: Holdings(
        handlerCount: limits.runningHandlerCountMax, byteCount: limits.heldByteCountMax))
  }

  /// Handlers that run.
  var handlerCount: Int { handlers.load(ordering: .relaxed) }

  /// Notes that one connection holds other things now than it said before.
  func update(from before: Holdings, to now: Holdings) {
    if now.handlerCount != before.handlerCount {
      handlers.wrappingAdd(now.handlerCount - before.handlerCount, ordering: .relaxed)
    }
    if now.byteCount != before.byteCount {
      bytes.wrappingAdd(now.byteCount - before.byteCount, ordering: .relaxed)
    }
  }

  /// Whether another call may begin: whether there is room for a handler, and for what there is of bytes.
  ///
  /// - Parameters:
  ///   - told: what the connection that asks has said it holds
  ///   - now: what it does hold
  func hasRoomForCall(told: Holdings, now: Holdings) -> Bool {
    handlerCount + now.handlerCount - told.handlerCount < ceiling.handlerCount
      && hasRoomForBytes(told: told, now: now)
  }

  /// Whether as many bytes may be held as there are.
  func hasRoomForBytes(told: Holdings, now: Holdings) -> Bool {
    bytes.load(ordering: .relaxed) + now.byteCount - told.byteCount <= ceiling.byteCount
  }
}
