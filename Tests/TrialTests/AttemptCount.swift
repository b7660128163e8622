import Protobuf
import RPCCore
import Synchronization

/// Counts what a client sends: it stands where every attempt of a call passes.
final class AttemptCount: ClientInterceptor {
  private struct State {
    var attempts: [String: Int] = [:]
    var failures: [String: Int] = [:]
    var streamCount = 0
  }

  /// The number of `request_id` in the requests of all moves of a referral.
  private static let requestIDField = 15

  private let state = Mutex(State())

  /// The `request_id`s of all changes, each with its attempts.
  var attempts: [String: Int] { state.withLock { $0.attempts } }
  /// How many attempts failed, by status.
  var failures: [String: Int] { state.withLock { $0.failures } }
  /// How often a stream was opened.
  var streamCount: Int { state.withLock { $0.streamCount } }

  func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) async throws(RPCError) -> RawResponse {
    if let fields = try? UnknownFields(bytes: request),
      let id = fields.contents(Self.requestIDField).last
    {
      state.withLock { $0.attempts[String(decoding: id, as: UTF8.self), default: 0] += 1 }
    }
    do {
      return try await next.unary(method, request: request, metadata: metadata, options: options)
    } catch {
      state.withLock { $0.failures["\(error.code)", default: 0] += 1 }
      throw error
    }
  }

  func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) -> any ClientStream {
    state.withLock { $0.streamCount += 1 }
    return next.open(method, request: request, metadata: metadata, options: options)
  }
}
