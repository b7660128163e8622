internal import Synchronization

/// Where the requests of a streaming call come from: a transport, or an interceptor that stands before it.
public protocol RequestSource: AnyObject, Sendable {
  /// The next request, nil after the last.
  ///
  /// One reader at a time. Taking a message is what gives its sender credit for more.
  ///
  /// - Throws: the status of a request that breaks the protocol; `CancellationError` when the call is over.
  func next() async throws -> [UInt8]?
}

/// The requests of a streaming call before they are decoded.
public struct RawRequests: AsyncSequence, Sendable {
  /// A serialized request.
  public typealias Element = [UInt8]
  /// A status, or `CancellationError`.
  public typealias Failure = any Error

  private let source: any RequestSource

  /// What `source` brings.
  public init(_ source: any RequestSource) {
    self.source = source
  }

  /// One request and nothing more, for an interceptor that has taken it.
  public init(of request: [UInt8]) {
    self.source = OneRequest(request)
  }

  /// The requests after `transform`, for an interceptor that looks at or changes each.
  ///
  /// `transform` runs as each request is taken; what it throws ends the stream.
  public func map(
    _ transform: @escaping @Sendable ([UInt8]) async throws -> [UInt8]
  ) -> RawRequests {
    RawRequests(MappedSource(source: source, transform: transform))
  }

  /// Reads on; there is one stream, so two iterators share it.
  public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

  /// Reads the requests one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let source: any RequestSource

    /// The next request, nil after the last.
    public mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws -> [UInt8]? {
      try await source.next()
    }
  }
}

/// A request that is given once.
private final class OneRequest: RequestSource {
  private let request: Mutex<[UInt8]?>

  init(_ request: [UInt8]) {
    self.request = Mutex(request)
  }

  func next() async throws -> [UInt8]? {
    request.withLock { request in
      defer { request = nil }
      return request
    }
  }
}

private final class MappedSource: RequestSource {
  private let source: any RequestSource
  private let transform: @Sendable ([UInt8]) async throws -> [UInt8]

  init(
    source: any RequestSource, transform: @escaping @Sendable ([UInt8]) async throws -> [UInt8]
  ) {
    self.source = source
    self.transform = transform
  }

  func next() async throws -> [UInt8]? {
    guard let message = try await source.next() else { return nil }
    return try await transform(message)
  }
}
