internal import HTTP2
internal import NIOCore
internal import NIOTLS

/// What a connection does with its session's events: the server's part or the client's.
protocol SessionUser: AnyObject {
  /// There is a socket; what must come first on it, a handshake too, may yet never come.
  func connectionBegan(_ connection: SessionHandler<Self>)
  /// The connection is up, TLS included; calls may come or go.
  func connectionOpened(_ connection: SessionHandler<Self>)
  /// Something happened. `input` are the bytes of the read that `data` ranges refer to.
  func handle(_ event: HTTP2Event, input: Span<UInt8>)
  /// Bytes came, and will be handled now.
  func readBegan(at instant: ContinuousClock.Instant)
  /// A read is wholly handled.
  func readHandled()
  /// What the loop's pass brought for this connection is done, and written as far as the socket took it.
  func passEnded()
  /// The socket takes no more bytes for now, or takes them again.
  func writabilityChanged(isWritable: Bool)
  /// The connection is gone; streams still open on the session are dead.
  func connectionClosed(_ reason: String)
}

extension SessionUser {
  func readBegan(at instant: ContinuousClock.Instant) {}
  func readHandled() {}
  func passEnded() {}
  func writabilityChanged(isWritable: Bool) {}
}

/// Carries bytes between a socket and an HTTP/2 session.
///
/// A read feeds the session and hands its events to the user. At the end of the loop's pass the
/// session is drained into one buffer and written once. While the socket takes no more, nothing is
/// drained and nothing is read.
final class SessionHandler<User: SessionUser>: ChannelDuplexHandler, FlushableConnection,
  @unchecked Sendable
{
  // `@unchecked`: belongs to its event loop; others only reach it through that loop's queue.
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  let session: HTTP2Session
  let executor: LoopExecutor
  let user: User
  private(set) var context: ChannelHandlerContext?
  private let expectsTLS: Bool
  private var isOpen = false
  private var isClosing = false
  private var isFlushExpected = false
  private var isReadHeldBack = false

  init(
    session: HTTP2Session, executor: LoopExecutor, user: User, expectsTLS: Bool
  ) {
    self.session = session
    self.executor = executor
    self.user = user
    self.expectsTLS = expectsTLS
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    user.connectionBegan(self)
    if context.channel.isActive, !expectsTLS { open() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    // Also a channel that never became active ends here.
    finish("the channel was closed")
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    if !expectsTLS { open() }
    context.fireChannelActive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent {
      if negotiated == "h2" {
        open()
      } else {
        close(reason: "the peer did not agree on h2 (ALPN)")
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // What comes while the last bytes still leave is nobody's any more.
    guard isOpen else { return }
    let buffer = unwrapInboundIn(data)
    user.readBegan(at: .now)
    // A socket ends its reads with `channelReadComplete` or by going inactive, and both run the pass.
    // Under TLS a read may come alone, right behind the handshake, so there a pass is scheduled.
    if !expectsTLS { executor.expectPass() }
    do {
      try session.receive(
        buffer.readableBytesSpan, nowNanoseconds: NIODeadline.now().uptimeNanoseconds)
    } catch {
      handleEvents(input: buffer.readableBytesUInt8Span)
      fail(error)
      return
    }
    handleEvents(input: buffer.readableBytesUInt8Span)
    user.readHandled()
    setNeedsFlush()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    executor.runPass()
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    // A peer that does not take our answers gets no more questions in (attack T7). A client reads on: else two that
    // both wait for the other to read wait for ever, and its intake is bounded by the windows it grants.
    if context.channel.isWritable || session.role == .client {
      context.read()
    } else {
      isReadHeldBack = true
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    user.writabilityChanged(isWritable: context.channel.isWritable)
    if context.channel.isWritable {
      setNeedsFlush()
      if isReadHeldBack {
        isReadHeldBack = false
        context.read()
      }
    }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish("the connection was closed")
    executor.runPass()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    close(reason: ConnectionFailure.reason(error))
  }

  /// Something was submitted to the session: it will be written at the end of the pass.
  func setNeedsFlush() {
    guard !isFlushExpected else { return }
    isFlushExpected = true
    executor.flushSoon(self)
  }

  func flushNow() {
    isFlushExpected = false
    defer { user.passEnded() }
    guard isOpen, let context, context.channel.isWritable else { return }
    var isDrained = false
    while !isDrained, context.channel.isWritable {
      executor.writeBuffer.clear()
      do {
        isDrained = try fill(&executor.writeBuffer)
      } catch {
        fail(error)
        return
      }
      if executor.writeBuffer.readableBytes > 0 {
        context.writeAndFlush(wrapOutboundOut(executor.writeBuffer), promise: nil)
      }
      handleEvents(input: Span())
    }
    if session.isFinished {
      close(reason: session.terminationReason.map { "\($0)" } ?? "the session has ended")
    }
  }

  /// Gathers what the session has to send; answers whether that was all.
  private func fill(_ buffer: inout ByteBuffer) throws(HTTP2SessionError) -> Bool {
    var failure: HTTP2SessionError?
    var isDrained = false
    // SAFETY: the pointer is used inside the closure only, and what it returns was written.
    unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: writeByteCountMax) { target in
      do throws(HTTP2SessionError) {
        let count = unsafe try session.drain(into: target)
        isDrained = count < target.count
        return count
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    return isDrained
  }

  /// Closes the socket once what was written before has left, but waits for that only so long.
  func close(reason: String) {
    guard !isClosing else { return }
    isClosing = true
    finish(reason)
    guard let context else { return }
    let channel = context.channel
    let patience = context.eventLoop.scheduleTask(in: .seconds(2)) {
      channel.close(promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
      patience.cancel()
      channel.close(promise: nil)
    }
  }

  /// Closes the socket at once; what waits to be written is dropped.
  func abandon(reason: String) {
    isClosing = true
    finish(reason)
    context?.close(promise: nil)
  }

  private func open() {
    guard !isOpen else { return }
    isOpen = true
    user.connectionOpened(self)
    setNeedsFlush()
  }

  private func handleEvents(input: Span<UInt8>) {
    session.handleEvents { user.handle($0, input: input) }
  }

  /// The session broke: says so to the peer if it can, and closes.
  private func fail(_ error: HTTP2SessionError) {
    if isOpen, let context {
      var last = context.channel.allocator.buffer(capacity: writeByteCountMax)
      // Not into the middle of a frame.
      let isWhole = (try? fill(&last)) ?? false
      if isWhole { last.writeBytes(error.farewell) }
      context.writeAndFlush(wrapOutboundOut(last), promise: nil)
    }
    // Draining may have closed streams, whose handlers must hear of it before the connection forgets them.
    handleEvents(input: Span())
    close(reason: error.reason)
  }

  private var isReported = false

  private func finish(_ reason: String) {
    guard !isReported else { return }
    isReported = true
    isOpen = false
    user.connectionClosed(reason)
  }
}

/// Bytes gathered for one write.
private let writeByteCountMax = 64 * 1024
