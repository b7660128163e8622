internal import HTTP2
internal import RPCCore
internal import RPCWire

// Room for answers: what waits to be sent has a ceiling for each call and one for the connection.
//
// Beyond the connection's, whoever wants to answer waits until the client has taken some of what it was
// answered before (attack T10). A client that takes nothing so holds up its own calls alone, until they are over
// or the streams that it does not read are.
extension ServerConnection {
  /// Calls called in at once. Those that do not get in keep their places, and the next pass calls again.
  private static let calledCountMax = 16

  /// Whether the call's handler must wait before it writes more; then it is woken when there is room.
  func isFull(_ call: ServerStream) -> Bool {
    guard call.stream.outboundByteCount > limits.unsentByteCountMaxPerCall else { return false }
    session.announceSendable(call.stream, below: limits.unsentByteCountMaxPerCall / 2)
    return true
  }

  /// Whether the call may write without waiting for anything.
  func hasRoomAtOnce(_ call: ServerStream) -> Bool {
    call.stream.outboundByteCount <= limits.unsentByteCountMaxPerCall && hasRoomForAnswer
      && waitingForRoom.isEmpty
  }

  /// Whether the call must wait before it answers anything; then it is called when it is its turn. What is over
  /// need not wait.
  func makesWaitForRoom(_ call: ServerStream) -> Bool {
    let isItsTurn = call.roomWait == .called || waitingForRoom.isEmpty
    if hasRoomForAnswer && isItsTurn || !call.machine.isHandling {
      leaveRoomQueue(call)
      return false
    }
    if call.roomWait == .none {
      waitingForRoom.append(call)
      // There may be room, and only others before it.
      setNeedsFlush()
    }
    call.roomWait = .waiting
    return true
  }

  /// The call got in, or is over.
  func leaveRoomQueue(_ call: ServerStream) {
    guard call.roomWait != .none else { return }
    call.roomWait = .none
    waitingForRoom.removeAll { $0 === call }
    setNeedsFlush()
  }

  /// Calls the first of those that wait, if there is room.
  func callThoseWhoWait() {
    guard !waitingForRoom.isEmpty, hasRoomForAnswer else { return }
    for call in waitingForRoom.prefix(Self.calledCountMax) where call.roomWait == .waiting {
      call.roomWait = .called
      call.roomCame()
    }
  }

  private var hasRoomForAnswer: Bool {
    session.outboundByteCount <= limits.unsentByteCountMaxPerConnection
  }
}

/// Where a call stands that has no room for its answer.
enum RoomWait {
  /// It does not wait.
  case none
  /// It waits to be called.
  case waiting
  /// It was called, and will look for itself.
  case called
}
