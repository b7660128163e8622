internal import Synchronization

/// What connections hold of a server.
struct Holdings: Equatable {
  /// Handlers that run.
  var handlerCount = 0
  /// Bytes of requests that no handler has taken, and of responses that have not been sent.
  var byteCount = 0

  static func - (left: Holdings, right: Holdings) -> Holdings {
    Holdings(
      handlerCount: left.handlerCount - right.handlerCount,
      byteCount: left.byteCount - right.byteCount)
  }
}

/// What several connections hold together: those of one address, or all.
///
/// Connections bring theirs up to date once a pass, which for most calls is when nothing is left of them.
final class SharedAccount: Sendable {
  private let ceiling: Holdings
  /// The account of which this is a part.
  private let whole: SharedAccount?
  private let handlers = Atomic(0)
  private let bytes = Atomic(0)

  private init(ceiling: Holdings, of whole: SharedAccount? = nil) {
    self.ceiling = ceiling
    self.whole = whole
  }

  /// For all connections.
  convenience init(ofAll limits: HTTP2Server.Limits) {
    self.init(
      ceiling: Holdings(
        handlerCount: limits.runningHandlerCountMax, byteCount: limits.heldByteCountMax))
  }

  /// For the connections of one address, a part of `whole`.
  convenience init(perAddress limits: HTTP2Server.Limits, of whole: SharedAccount) {
    self.init(
      ceiling: Holdings(
        handlerCount: limits.runningHandlerCountMaxPerAddress,
        byteCount: limits.heldByteCountMaxPerAddress),
      of: whole)
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
    whole?.update(from: before, to: now)
  }

  /// Whether another call may begin: whether there is room for a handler, and for what there is of bytes.
  ///
  /// - Parameter change: from what the connection that asks has said it holds to what it does hold
  func hasRoomForCall(_ change: Holdings) -> Bool {
    let (held, room) = (held(change), room(change))
    return held.handlerCount < room.handlerCount && held.byteCount <= room.byteCount
  }

  /// Whether as many bytes may be held as there are.
  func hasRoomForBytes(_ change: Holdings) -> Bool {
    held(change).byteCount <= room(change).byteCount
  }

  private func held(_ change: Holdings) -> Holdings {
    Holdings(
      handlerCount: handlerCount + change.handlerCount,
      byteCount: bytes.load(ordering: .relaxed) + change.byteCount)
  }

  /// What may be held: of a part, no more than half of what is left of the whole. Few addresses that take what
  /// they can so leave enough for everybody else, and many leave something (attacks T1, T13).
  private func room(_ change: Holdings) -> Holdings {
    guard let whole else { return ceiling }
    let held = whole.held(change)
    return Holdings(
      handlerCount: min(
        ceiling.handlerCount, Self.share(ofRest: whole.ceiling.handlerCount - held.handlerCount)),
      byteCount: min(
        ceiling.byteCount, Self.share(ofRest: whole.ceiling.byteCount - held.byteCount)))
  }

  /// What one address may have when so much is left: half of it, and the last one.
  static func share(ofRest rest: Int) -> Int { (rest + 1) / 2 }
}
