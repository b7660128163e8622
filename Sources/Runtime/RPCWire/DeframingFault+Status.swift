internal import RPCCore

extension RPCError {
  /// The status for a stream that is no sequence of messages (Q18, Q21).
  ///
  /// - Parameter side: "request" or "response"
  init(_ fault: MessageDeframer.Fault, of side: String) {
    switch fault {
    case .compressed:
      self.init(.internal, "the \(side) is compressed, and no grpc-encoding says how")
    case .flagUnknown:
      self.init(.internal, "the \(side) has an unknown flag before a message")
    case .messageTooLarge:
      self.init(.resourceExhausted, "the \(side) is larger than the limit")
    case .truncated:
      self.init(.internal, "the \(side) ends in the middle of a message")
    }
  }
}
