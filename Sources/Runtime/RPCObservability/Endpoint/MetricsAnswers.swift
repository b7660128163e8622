internal import NIOCore
internal import NIOHTTP1

/// Answers one request after the other: GET /metrics, and refusals for everything else.
final class MetricsAnswers: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let registry: PrometheusRegistry
  private let exchange: ExchangeLimit
  private var head: HTTPRequestHead?

  init(registry: PrometheusRegistry, exchange: ExchangeLimit) {
    self.registry = registry
    self.exchange = exchange
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
    case .body:
      // Nobody asked for one; its bytes count towards the limit of the request.
      break
    case .end:
      guard let head else { return }
      self.head = nil
      answer(head, context: context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func answer(_ request: HTTPRequestHead, context: ChannelHandlerContext) {
    let (status, headers, body) = response(to: request)
    var head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    head.headers.add(name: "Content-Length", value: String(body.count))
    if !request.isKeepAlive { head.headers.add(name: "Connection", value: "close") }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let buffer = context.channel.allocator.buffer(bytes: body)
    context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    let (channel, isKeepAlive) = (context.channel, request.isKeepAlive)
    let exchange = NIOLoopBound(exchange, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      if isKeepAlive {
        exchange.value.begin(on: channel)
      } else {
        channel.close(promise: nil)
      }
    }
  }

  private func response(
    to request: HTTPRequestHead
  ) -> (HTTPResponseStatus, HTTPHeaders, [UInt8]) {
    let path = request.uri.prefix { $0 != "?" }
    guard path == "/metrics" else {
      return (.notFound, ["Content-Type": "text/plain"], Array("see /metrics\n".utf8))
    }
    guard request.method == .GET else {
      return (.methodNotAllowed, ["Allow": "GET"], [])
    }
    return (.ok, ["Content-Type": PrometheusText.contentType], registry.text())
  }
}
