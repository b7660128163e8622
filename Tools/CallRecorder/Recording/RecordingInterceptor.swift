public import RPCCore
import Synchronization

/// Records the calls of a client as they pass, retries and repetitions of the transport left out.
public struct RecordingInterceptor: ClientInterceptor {
  private let recorder: Recorder

  /// Records into `recorder`, which whoever made it finishes.
  public init(_ recorder: Recorder) {
    self.recorder = recorder
  }

  public func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) async throws(RPCError) -> RawResponse {
    let tape = begin(method, metadata, options)
    tape.record(.clientMessage(.init(request)))
    tape.record(.clientHalfClose)
    do throws(RPCError) {
      let response = try await next.unary(
        method, request: request, metadata: metadata, options: options)
      tape.record(.serverHeader(response.metadata))
      tape.record(.serverMessage(.init(response.message, wasCompressed: response.wasCompressed)))
      tape.record(.serverTrailer(.init(.ok, metadata: response.trailingMetadata)))
      return response
    } catch {
      tape.record(.end(of: error, hadHeaders: false))
      throw error
    }
  }

  public func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
    next: any ClientTransport
  ) -> any ClientStream {
    let tape = begin(method, metadata, options)
    if let request {
      tape.record(.clientMessage(.init(request)))
      tape.record(.clientHalfClose)
    }
    return RecordedStream(
      next.open(method, request: request, metadata: metadata, options: options), on: tape,
      isHalfClosed: request != nil)
  }

  private func begin(
    _ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions
  ) -> Tape {
    let now = ContinuousClock.now
    return recorder.begin(
      .init(
        path: method.path, timeout: options.deadline(from: now).map { $0.instant - now },
        metadata: metadata))
  }
}

/// A call with streams that is written down as it goes.
private final class RecordedStream: ClientStream {
  private let inner: any ClientStream
  private let tape: Tape
  private let state: Mutex<State>

  private struct State {
    var isHalfClosed: Bool
    var hasHeaders = false
    var hasEnded = false
    /// Why there were no headers, which may also be that the end of the call has overtaken them.
    var failure: RPCError?
  }

  init(_ inner: any ClientStream, on tape: Tape, isHalfClosed: Bool) {
    self.inner = inner
    self.tape = tape
    state = Mutex(State(isHalfClosed: isHalfClosed))
  }

  deinit {
    let failure = state.withLock { $0.failure }
    end(failure.map { .end(of: $0, hadHeaders: false) } ?? .cancel(resetCode: nil))
  }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    try await inner.write(message, compressed: compressed)
    tape.record(.clientMessage(.init(message)))
  }

  func finish() {
    let isFirst = state.withLock { state in
      defer { state.isHalfClosed = true }
      return !state.isHalfClosed
    }
    if isFirst { tape.record(.clientHalfClose) }
    inner.finish()
  }

  func next() async throws(RPCError) -> [UInt8]? {
    do throws(RPCError) {
      // They come before any message, and nobody else may ask for them. What came before a failure is still there.
      if !state.withLock({ $0.hasHeaders }) { _ = try? await metadata() }
      let message = try await inner.next()
      if let message {
        noteHeaders([:])
        tape.record(
          .serverMessage(.init(message, wasCompressed: inner.responseWasCompressed)))
      } else {
        end(.serverTrailer(.init(.ok, metadata: inner.trailingMetadata)))
      }
      return message
    } catch {
      end(.end(of: error, hadHeaders: state.withLock { $0.hasHeaders }))
      throw error
    }
  }

  func metadata() async throws(RPCError) -> Metadata {
    do throws(RPCError) {
      let metadata = try await inner.metadata()
      noteHeaders(metadata)
      return metadata
    } catch {
      state.withLock { $0.failure = error }
      throw error
    }
  }

  private func noteHeaders(_ metadata: Metadata) {
    let isFirst = state.withLock { state in
      defer { state.hasHeaders = true }
      return !state.hasHeaders
    }
    if isFirst { tape.record(.serverHeader(metadata)) }
  }

  var trailingMetadata: Metadata { inner.trailingMetadata }

  var responseWasCompressed: Bool { inner.responseWasCompressed }

  func cancel() {
    end(.cancel(resetCode: nil))
    inner.cancel()
  }

  private func end(_ event: CassetteEntry.Event) {
    let isFirst = state.withLock { state in
      defer { state.hasEnded = true }
      return !state.hasEnded
    }
    if isFirst { tape.record(event) }
  }
}

extension CassetteEntry.RecordedMessage {
  /// What came compressed came so by the one encoding that clients here accept.
  fileprivate init(_ bytes: [UInt8], wasCompressed: Bool) {
    self.init(bytes, encoding: wasCompressed ? "gzip" : nil)
  }
}

extension CassetteEntry.Event {
  /// The end of a call that has failed. Who has stopped waiting, by cancelling or by its deadline, has ended it itself.
  fileprivate static func end(of error: RPCError, hadHeaders: Bool) -> CassetteEntry.Event {
    if Task.isCancelled, error.code == .cancelled { return .cancel(resetCode: nil) }
    return .serverTrailer(
      .init(
        error.status, metadata: error.metadata,
        isWholeAnswer: !hadHeaders && error.resetCode == nil, resetCode: error.resetCode))
  }
}
