internal import RPCCore
internal import Synchronization

/// A stream of a client whose messages are events of its span. The span ends when the caller learns how the
/// call has ended, or lets go of it.
final class TracedStream: ClientStream {
  private struct State {
    var hasEnded = false
    /// What a request was refused with: how the call had ended, if the caller never reads that.
    var refusal: StatusCode?
  }

  private let base: any ClientStream
  private let span: CallSpan
  private let state = Mutex(State())

  init(_ base: any ClientStream, in span: CallSpan) {
    self.base = base
    self.span = span
  }

  deinit { end(nil) }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    // Told before, so that an answer that comes during the write stands behind it.
    span.messageLeft(byteCount: message.count)
    do throws(RPCError) {
      try await base.write(message, compressed: compressed)
    } catch {
      // The call may go on after a message that is too large.
      if error.code != .resourceExhausted { state.withLock { $0.refusal = error.code } }
      throw error
    }
  }

  func finish() { base.finish() }

  func next() async throws(RPCError) -> [UInt8]? {
    do throws(RPCError) {
      let message = try await base.next()
      if let message { span.messageCame(byteCount: message.count) } else { end(.ok) }
      return message
    } catch {
      end(error.code)
      throw error
    }
  }

  func metadata() async throws(RPCError) -> Metadata {
    do throws(RPCError) {
      return try await base.metadata()
    } catch {
      end(error.code)
      throw error
    }
  }

  var trailingMetadata: Metadata { base.trailingMetadata }

  func cancel() {
    base.cancel()
    end(nil)
  }

  /// Ends the span, once; without a code it is that of a refused request, or CANCELLED.
  private func end(_ code: StatusCode?) {
    let ended = state.withLock { state -> StatusCode? in
      if state.hasEnded { return nil }
      state.hasEnded = true
      return code ?? state.refusal ?? .cancelled
    }
    if let ended { span.end(ended) }
  }
}
