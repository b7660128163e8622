internal import Synchronization

/// A call without a server: it brings what it was given, and then ends as it was told to.
final class ScriptedStream: ClientStream {
  private struct State {
    var responses: ArraySlice<[UInt8]>
    var error: RPCError?
  }

  private let state: Mutex<State>
  /// What the call has failed with before anything came.
  private let firstError: RPCError?

  init(_ responses: [[UInt8]], failing error: RPCError? = nil) {
    state = Mutex(State(responses: responses[...], error: error))
    firstError = responses.isEmpty ? error : nil
  }

  /// The bytes of `responses`, up to one that cannot be encoded.
  convenience init(encoding responses: [some RPCMessage], failing error: RPCError?) {
    var encoded: [[UInt8]] = []
    for response in responses {
      do {
        var bytes: [UInt8] = []
        try response.encodeResponse(into: &bytes)
        encoded.append(bytes)
      } catch {
        self.init(encoded, failing: error)
        return
      }
    }
    self.init(encoded, failing: error)
  }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    if let end = state.withLock({ $0.responses.isEmpty ? $0.error : nil }) { throw end }
  }

  func finish() {}

  func next() async throws(RPCError) -> [UInt8]? {
    let (response, error) = state.withLock { state in
      let response = state.responses.popFirst()
      return (response, response == nil ? state.error : nil)
    }
    if let error { throw error }
    return response
  }

  func metadata() async throws(RPCError) -> Metadata {
    if let firstError { throw firstError }
    return [:]
  }

  var trailingMetadata: Metadata { [:] }

  func cancel() {
    state.withLock { state in
      // What has been read to its end has ended, and cannot be cancelled.
      if state.responses.isEmpty { return }
      state.responses = []
      state.error = RPCError(.cancelled, "the call was cancelled")
    }
  }
}
