public import RPCCore

/// The header lists a server sends (R1, R2, R3, R5).
public enum ResponseFields {
  /// The head of a response without metadata; never changes, so a transport may prepare it once.
  ///
  /// - Parameter encoding: how messages are compressed that say that they are
  public static func plainHead(
    _ encoding: MessageEncoding
  ) -> [(name: String, value: String)] {
    let fields = [
      (name: ":status", value: "200"), (name: "content-type", value: "application/grpc"),
      (name: "grpc-accept-encoding", value: EncodingSet.all.fieldValue),
    ]
    return encoding == .identity
      ? fields : fields + [(name: "grpc-encoding", value: "\(encoding.name)")]
  }

  /// The trailers of a call that succeeded without metadata; they never change either.
  public static let okTrailers: [(name: String, value: String)] = [("grpc-status", "0")]

  /// The head of a response, sent right before its first message.
  public static func head<Sink: FieldSink>(
    _ encoding: MessageEncoding, _ metadata: Metadata, to sink: inout Sink
  ) {
    sink.append(":status", "200")
    sink.append("content-type", "application/grpc")
    sink.append("grpc-accept-encoding", EncodingSet.all.fieldValue)
    if encoding != .identity { sink.append("grpc-encoding", "\(encoding.name)") }
    MetadataFields.send(metadata, to: &sink)
  }

  /// The trailers of a response, sent behind its last message.
  public static func trailers<Sink: FieldSink>(
    _ status: Status, _ metadata: Metadata, to sink: inout Sink
  ) {
    sink.append("grpc-status", "\(status.code.wireValue)")
    if !status.message.isEmpty {
      sink.append("grpc-message", StatusMessage.encode(status.message).span)
    }
    if let details = status.details {
      sink.append("grpc-status-details-bin", Base64.encode(details.span).span)
    }
    MetadataFields.send(metadata, to: &sink)
  }

  /// Head and trailers in one, for a call that ends before any message.
  public static func trailersOnly<Sink: FieldSink>(
    _ status: Status, _ metadata: Metadata, to sink: inout Sink
  ) {
    sink.append(":status", "200")
    sink.append("content-type", "application/grpc")
    trailers(status, metadata, to: &sink)
  }

  /// The only header list of an answer to a request that reaches no handler.
  ///
  /// The stream ends with it, or with the rejection's body when there is one.
  public static func rejection<Sink: FieldSink>(_ rejection: Rejection, to sink: inout Sink) {
    sink.append(":status", "\(rejection.httpStatus)")
    if rejection.httpStatus == 415 {
      sink.append("content-type", "text/plain; charset=utf-8")
      sink.append("accept-post", "application/grpc")
      return
    }
    if rejection.httpStatus == 405 { sink.append("allow", "POST") }
    sink.append("content-type", "application/grpc")
    if rejection.listsEncodings {
      sink.append("grpc-accept-encoding", EncodingSet.all.fieldValue)
    }
    trailers(rejection.status, [:], to: &sink)
  }
}
