/// Where the responses of a streaming call go: a transport, or an interceptor that stands before it.
public protocol ResponseSink: AnyObject, Sendable {
  /// Sends the response headers now, without waiting for a first message.
  ///
  /// Without it they travel with the first message, or, when there is none, within the trailers, which
  /// keeps a failed call retryable (gRFC A6).
  ///
  /// - Throws: `CancellationError` when the call is over.
  func sendHeaders() async throws

  /// Sends the message that `encode` appends if nothing need be waited for: a way around `write`, which costs
  /// more than a small message does.
  ///
  /// - Returns: whether it was sent; if not, `encode` was not run
  /// - Throws: as `write` does
  func writeAtOnce(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) throws -> Bool

  /// Sends the message that `encode` appends, and returns when there is room for another.
  ///
  /// - Parameters:
  ///   - compressed: whether to compress it; nil for what the call says. Never compressed for a
  ///     client that does not accept it.
  ///   - encode: appends the message's bytes and changes nothing else; run before `write` returns
  /// - Throws: what `encode` throws; `CancellationError` when the call is over.
  func write(
    compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void
  ) async throws
}

extension ResponseSink {
  /// Never; for sinks that have no such way.
  public func writeAtOnce(
    compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void
  ) throws -> Bool { false }
}

/// The responses of a streaming call after they were encoded.
public struct RawResponses: Sendable {
  private let sink: any ResponseSink

  /// What is written goes to `sink`.
  public init(_ sink: any ResponseSink) {
    self.sink = sink
  }

  /// Sends the response headers now, see ``ResponseSink/sendHeaders()``.
  public func sendHeaders() async throws { try await sink.sendHeaders() }

  /// Sends a message; suspends while the client takes no more.
  ///
  /// - Parameter compressed: whether to compress it; nil for what the call says
  /// - Throws: `CancellationError` when the call is over
  public func write(_ message: [UInt8], compressed: Bool? = nil) async throws {
    try await sink.write(compressed: compressed) { $0.append(contentsOf: message) }
  }

  /// Sends a message if nothing need be waited for, see ``ResponseSink/writeAtOnce(compressed:_:)``.
  package func writeAtOnce(
    compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void
  ) throws -> Bool {
    try sink.writeAtOnce(compressed: compressed, encode)
  }

  /// Sends a message that `encode` appends straight to what leaves.
  package func write(
    compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void
  ) async throws {
    try await sink.write(compressed: compressed, encode)
  }

  /// A place for responses that `transform` changes on their way here, for interceptors.
  public func map(
    _ transform: @escaping @Sendable ([UInt8]) async throws -> [UInt8]
  ) -> RawResponses {
    RawResponses(MappedSink(sink: sink, transform: transform))
  }
}

private final class MappedSink: ResponseSink {
  private let sink: any ResponseSink
  private let transform: @Sendable ([UInt8]) async throws -> [UInt8]

  init(sink: any ResponseSink, transform: @escaping @Sendable ([UInt8]) async throws -> [UInt8]) {
    self.sink = sink
    self.transform = transform
  }

  func sendHeaders() async throws { try await sink.sendHeaders() }

  func write(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) async throws {
    var message: [UInt8] = []
    try encode(&message)
    let changed = try await transform(message)
    try await sink.write(compressed: compressed) { $0.append(contentsOf: changed) }
  }
}
