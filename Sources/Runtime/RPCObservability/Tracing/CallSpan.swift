internal import RPCCore
internal import Synchronization
internal import Tracing

/// The span of one call, with what gRPC implementations record of it.
///
/// Source: gRFC A72; the attributes are those of OpenTelemetry's conventions for RPC.
final class CallSpan: Sendable {
  let span: any Span
  private let inboundCount = Atomic(0)
  private let outboundCount = Atomic(0)

  /// Begins "Recv.pkg.Service.Method" or "Sent.…", by its kind.
  init(
    _ method: MethodDescriptor, kind: SpanKind, context: ServiceContext, tracer: any Tracer
  ) {
    let prefix = kind == .client ? "Sent" : "Recv"
    span = tracer.startSpan(
      "\(prefix).\(method.service).\(method.method)", context: context, ofKind: kind)
    guard span.isRecording else { return }
    span.updateAttributes { attributes in
      attributes["rpc.system"] = "grpc"
      attributes["rpc.service"] = method.service
      attributes["rpc.method"] = method.method
    }
  }

  func messageCame(byteCount: Int) {
    event("Inbound message", number: inboundCount, byteCount: byteCount)
  }

  func messageLeft(byteCount: Int) {
    event("Outbound message", number: outboundCount, byteCount: byteCount)
  }

  /// Ends it with the call's code. A status text is not recorded: it is for the caller.
  func end(_ code: StatusCode) {
    if span.isRecording {
      span.attributes["rpc.grpc.status_code"] = Int64(code.rawValue)
      span.setStatus(
        code == .ok ? SpanStatus(code: .ok) : SpanStatus(code: .error, message: code.name))
    }
    span.end()
  }

  private func event(_ name: String, number: borrowing Atomic<Int>, byteCount: Int) {
    let sequence = number.wrappingAdd(1, ordering: .relaxed).oldValue
    if !span.isRecording { return }
    span.addEvent(
      SpanEvent(
        name: name,
        attributes: [
          "sequence-number": .int64(Int64(sequence)), "message-size": .int64(Int64(byteCount)),
        ]))
  }
}
