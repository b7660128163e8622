internal import NIOCore

/// Bounds what one request may take, in bytes and in time, before anything parses it.
///
/// Neither bound is moved by bytes that trickle in, and the time covers the answer too: who does not
/// read it is closed like who does not ask.
final class ExchangeLimit: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let byteCountMax: Int
  private let timeout: TimeAmount
  private var byteCount = 0
  private var isOver = false
  private var end: Scheduled<Void>?

  init(byteCountMax: Int, timeout: TimeAmount) {
    self.byteCountMax = byteCountMax
    self.timeout = timeout
  }

  /// The answer has left; another request may come.
  func begin(on channel: any Channel) {
    byteCount = 0
    end?.cancel()
    end = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(on: context.channel)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isOver { return }
    byteCount += unwrapInboundIn(data).readableBytes
    if byteCount <= byteCountMax { return context.fireChannelRead(data) }
    isOver = true
    let refusal = context.channel.allocator.buffer(
      string:
        "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(refusal)).whenComplete { _ in
      channel.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end?.cancel()
    context.fireChannelInactive()
  }
}
