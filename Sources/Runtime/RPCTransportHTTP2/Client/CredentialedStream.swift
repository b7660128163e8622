internal import RPCCore
internal import Synchronization

/// A call that begins once its credentials are there.
final class CredentialedStream: ClientStream {
  private enum State {
    case waiting(isFinished: Bool)
    case open(any ClientStream)
    case failed(RPCError)
  }

  private let state = Mutex(State.waiting(isFinished: false))
  private let opening: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// - Parameter open: asks for the credentials and begins the call
  init(_ open: @escaping @Sendable () async throws(RPCError) -> any ClientStream) {
    let task = Task { [weak self] in
      do throws(RPCError) {
        let stream = try await open()
        if let self { self.opened(stream) } else { stream.cancel() }
      } catch {
        self?.failed(error)
      }
    }
    opening.withLock { $0 = task }
  }

  deinit { opening.withLock { $0 }?.cancel() }

  private func opened(_ stream: any ClientStream) {
    let before = state.withLock { state in
      let before = state
      if case .waiting = state { state = .open(stream) }
      return before
    }
    switch before {
    case .waiting(let isFinished): if isFinished { stream.finish() }
    case .open, .failed: stream.cancel()
    }
  }

  private func failed(_ error: RPCError) {
    state.withLock { state in
      if case .waiting = state { state = .failed(error) }
    }
  }

  private var stream: any ClientStream {
    get async throws(RPCError) {
      let opening = opening.withLock { $0 }
      await withTaskCancellationHandler {
        await opening?.value
      } onCancel: {
        cancel()
      }
      switch state.withLock({ $0 }) {
      case .open(let stream): return stream
      case .failed(let error): throw error
      case .waiting: throw .cancelled
      }
    }
  }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    try await stream.write(message, compressed: compressed)
  }

  func finish() {
    let open = state.withLock { state -> (any ClientStream)? in
      if case .open(let stream) = state { return stream }
      if case .waiting = state { state = .waiting(isFinished: true) }
      return nil
    }
    open?.finish()
  }

  func next() async throws(RPCError) -> [UInt8]? { try await stream.next() }

  func metadata() async throws(RPCError) -> Metadata { try await stream.metadata() }

  var trailingMetadata: Metadata {
    if case .open(let stream) = state.withLock({ $0 }) { stream.trailingMetadata } else { [:] }
  }

  var responseWasCompressed: Bool {
    if case .open(let stream) = state.withLock({ $0 }) {
      stream.responseWasCompressed
    } else {
      false
    }
  }

  func cancel() {
    failed(.cancelled)
    opening.withLock { $0 }?.cancel()
    if case .open(let stream) = state.withLock({ $0 }) { stream.cancel() }
  }
}
