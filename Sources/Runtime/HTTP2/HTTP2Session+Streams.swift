extension HTTP2Session {
  /// Streams kept for later use at most.
  static let pooledStreamCountMax = 64

  /// Takes a stream object out of the pool, or makes one, and lists it as live.
  func openStream(id: Int32) -> HTTP2Stream {
    let stream = state.pool.popLast() ?? HTTP2Stream()
    stream.reset(id: id, liveIndex: state.liveStreams.count)
    state.liveStreams.append(stream)
    state.lastOpened = stream
    return stream
  }

  /// Takes a stream off the list of live ones.
  func closeStream(_ stream: HTTP2Stream) {
    guard !stream.isClosed else { return }
    // First of all: callbacks only borrow the stream, and the live list may hold the last reference.
    state.closing.append(stream)
    stream.state.isClosed = true
    dropOutbound(stream)
    if stream.state.resetWhenSent != nil { state.pendingResetCount -= 1 }
    if role == .server, stream.isRemoteEnded { state.endedIDs.note(stream.id) }
    let index = stream.state.liveIndex
    let last = state.liveStreams.removeLast()
    if last !== stream {
      last.state.liveIndex = index
      state.liveStreams[index] = last
    }
    // A reference here would keep the object from being used again.
    if state.lastOpened === stream { state.lastOpened = nil }
    if state.headerStream === stream { state.headerStream = nil }
  }

  /// Puts closed streams that nobody holds any more back into the pool.
  func recycleClosedStreams() {
    while var stream = state.closing.popLast() {
      stream.context = nil
      guard state.pool.count < Self.pooledStreamCountMax, isKnownUniquelyReferenced(&stream) else {
        continue
      }
      state.pool.append(stream)
    }
  }
}
