/// One call with a stream on at least one side, as a transport carries it for its caller.
///
/// One task may write while another reads, but no two do the same. Cancelling a task that waits in here cancels
/// the call. A call that nobody holds any more is cancelled as well.
public protocol ClientStream: AnyObject, Sendable {
  /// Sends a request, and returns when there is room for another.
  ///
  /// - Parameter compressed: whether to compress it; nil for what the call's options say
  /// - Throws: how the call has ended; CANCELLED when it has ended with OK and takes no more requests;
  ///   RESOURCE_EXHAUSTED, with the call going on, when the message is larger than the call's limit
  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError)

  /// Says that there are no more requests. Does nothing the second time.
  func finish()

  /// The next response; nil after the last of a call that has ended with OK.
  ///
  /// Taking a response is what lets the server send more.
  ///
  /// - Throws: the status of a call that has failed, behind the responses that came before
  func next() async throws(RPCError) -> [UInt8]?

  /// The server's response headers, as soon as they are there; empty when the call ends without.
  ///
  /// - Throws: the status of a call that has failed before they came
  func metadata() async throws(RPCError) -> Metadata

  /// The server's trailers of a call that has ended with OK, from when `next` has returned nil; empty before. Those
  /// of a failed call are in its error.
  var trailingMetadata: Metadata { get }

  /// Whether the response that `next` returned last came compressed; false before, and where nothing is.
  var responseWasCompressed: Bool { get }

  /// The caller wants nothing more of the call: it ends with CANCELLED unless it has ended.
  func cancel()
}

extension ClientStream {
  /// What carries messages without a wire compresses none.
  public var responseWasCompressed: Bool { false }
}
