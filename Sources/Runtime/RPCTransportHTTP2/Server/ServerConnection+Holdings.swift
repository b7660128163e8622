internal import HTTP2
internal import RPCCore
internal import RPCWire

// What the connection holds, and may hold.
extension ServerConnection {
  private var holdings: Holdings {
    Holdings(
      handlerCount: runningHandlerCount,
      byteCount: headByteCount + assemblingByteCount + waitingByteCount + takenByteCount
        + session.outboundByteCount)
  }

  /// Tells the accounts it shares what it holds; once a pass, for what comes and goes within one pass is no
  /// burden to others.
  func tellHoldings() {
    let now = holdings
    guard now != toldHoldings else { return }
    account.update(from: toldHoldings, to: now)
    toldHoldings = now
  }

  /// Whether one more call may begin. What is refused here may be tried again by the client: no handler has
  /// seen it.
  var hasRoomForCall: Bool {
    guard runningHandlerCount < limits.runningHandlerCountMaxPerConnection else { return false }
    return account.hasRoomForCall(holdings - toldHoldings)
  }

  /// A unary handler is given its request, which is held until it ends.
  func hold(_ call: ServerStream, takenByteCount byteCount: Int) {
    call.countedTaken = byteCount
    takenByteCount += byteCount
  }

  /// Gives the connection's credit back at once, so that one slow handler does not hold up the others, until
  /// too much waits for handlers.
  func credit(_ call: ServerStream, receivedByteCount: Int) {
    if waitingByteCount > limits.waitingByteCountMaxPerConnection {
      withheldByteCount += receivedByteCount
    } else {
      session.returnConnectionCredit(byteCount: receivedByteCount)
    }
  }

  /// Brings the counts up to date after bytes came, were taken, or are dropped; gives back what credit is
  /// due, and ends the call when it makes us hold too much.
  func settle(_ call: ServerStream) {
    let credit = call.machine.takeCredit()
    if credit > 0, !call.stream.isRemoteEnded {
      session.returnStreamCredit(call.stream, byteCount: credit)
      setNeedsFlush()
    }
    let before = (call.countedWaiting, call.countedAssembling)
    settleWaiting(call, call.machine.waitingByteCount)
    settleAssembling(call, call.machine.assemblingByteCount)
    let after = (call.countedWaiting, call.countedAssembling)
    guard after != before else { return }
    // A handler may take requests at any time, and the end of a pass must be told of it.
    setNeedsFlush()
    if after.0 + after.1 > before.0 + before.1 { checkRoomForBytes(call) }
  }

  /// Brings the counts up to date when the call is over. A request that came whole and was taken has
  /// nothing in them.
  func settleLast(_ call: ServerStream) {
    let isSettled =
      call.machine.isRequestComplete && call.countedAssembling == 0 && call.countedWaiting == 0
    if !isSettled { settle(call) }
  }

  private func settleWaiting(_ call: ServerStream, _ waiting: Int) {
    guard waiting != call.countedWaiting else { return }
    waitingByteCount += waiting - call.countedWaiting
    call.countedWaiting = waiting
    if withheldByteCount > 0, waitingByteCount <= limits.waitingByteCountMaxPerConnection {
      session.returnConnectionCredit(byteCount: withheldByteCount)
      withheldByteCount = 0
    }
  }

  private func settleAssembling(_ call: ServerStream, _ assembling: Int) {
    guard assembling != call.countedAssembling else { return }
    // Not by the time of the last read: a handler may have let it lie for long.
    if call.countedAssembling == 0 { call.requestBegan(at: .now) }
    assemblingByteCount += assembling - call.countedAssembling
    call.countedAssembling = assembling
    if assembling > 0 { watchCalls() }
  }

  private func checkRoomForBytes(_ call: ServerStream) {
    let hasRoom =
      assemblingByteCount <= limits.assemblingByteCountMaxPerConnection
      && account.hasRoomForBytes(holdings - toldHoldings)
    if !hasRoom { fail(call, .tooMuchHeld, reset: .noError) }
  }
}

extension RPCError {
  fileprivate static let tooMuchHeld = RPCError(
    .resourceExhausted,
    "too many bytes of unfinished calls are held already; try again when others have ended")
}
