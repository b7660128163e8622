import RPCCore
import SafeMobilityClient

/// A call of a method that is known only by a schema, of whichever kind.
struct MethodCall: Sendable {
  let server: ToolServer
  let method: ToolSchema.Method
  /// How long a call may take when nobody said; calls with streams may take for ever.
  private static let unaryTimeout = Duration.seconds(30)

  /// What came beside the messages.
  struct Ending: Sendable {
    var metadata: Metadata
    var trailingMetadata: Metadata
  }

  private var options: CallOptions {
    CallOptions(
      timeout: server.timeout ?? (method.descriptor.kind == .unary ? Self.unaryTimeout : nil))
  }

  /// Makes the call, and hands over each response as it comes.
  ///
  /// - Throws: how the call has failed, as an ``RPCError``; what the requests or `show` throw
  func run(_ feed: RequestFeed, show: (_ response: [UInt8]) throws -> Void) async throws -> Ending {
    switch method.descriptor.kind {
    case .unary:
      let response = try await server.client.rpc.unary(
        method.descriptor, RawMessage(feed.single()), metadata: server.metadata, options: options,
        as: RawMessage.self)
      try show(response.message.bytes)
      return Ending(metadata: response.metadata, trailingMetadata: response.trailingMetadata)
    case .serverStreaming:
      let call = server.client.rpc.serverStreaming(
        method.descriptor, RawMessage(try await feed.single()), metadata: server.metadata,
        options: options, as: RawMessage.self)
      for try await response in call { try show(response.bytes) }
      return Ending(
        metadata: try await call.metadata, trailingMetadata: call.trailingMetadata)
    case .clientStreaming, .bidirectionalStreaming:
      return try await exchange(feed, show)
    }
  }

  /// Sends requests as they arrive, and shows responses as they come: neither waits for the other, so that a call
  /// that the server ends ends, though somebody could still type.
  private func exchange(
    _ feed: RequestFeed, _ show: (_ response: [UInt8]) throws -> Void
  ) async throws -> Ending {
    let call = server.client.rpc.bidirectionalStreaming(
      method.descriptor, metadata: server.metadata, options: options, request: RawMessage.self,
      as: RawMessage.self)
    let writer = Task {
      do {
        while let request = try await feed.next() { try await call.write(RawMessage(request)) }
        call.finish()
      } catch is RPCError {
        // How the call has ended is what reading tells.
        return
      } catch {
        // The feed remembers why.
        call.cancel()
      }
    }
    defer {
      // Whoever waits for more to be sent must not keep a call alive whose answers nobody reads.
      call.cancel()
      writer.cancel()
    }
    var count = 0
    do {
      for try await response in call {
        count += 1
        try show(response.bytes)
      }
    } catch {
      if let failure = await feed.failure { throw failure }
      throw error
    }
    guard method.descriptor.kind == .bidirectionalStreaming || count == 1 else {
      throw RPCError(.unimplemented, "the method has one response, there were \(count)")
    }
    return Ending(metadata: try await call.metadata, trailingMetadata: call.trailingMetadata)
  }
}
