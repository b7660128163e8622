internal import RPCCore

extension RPCError {
  /// The status for a message that does not decompress, or not within the limit (Q19).
  ///
  /// - Parameter side: "request" or "response"
  init(_ fault: CompressionFault, of side: String) {
    switch fault {
    case .corrupt:
      self.init(.internal, "the \(side) is not compressed as its grpc-encoding says")
    case .truncated:
      self.init(.internal, "the \(side) ends in the middle of its compressed data")
    case .trailingBytes:
      self.init(.internal, "the \(side) goes on after the end of its compressed data")
    case .messageTooLarge:
      self.init(.resourceExhausted, "the \(side) is larger than the limit when decompressed")
    }
  }
}
