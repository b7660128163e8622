import CallRecorder
import RPCCore
import Synchronization

/// Hands calls on, and writes down those of methods that may be.
final class RecordingProxy: Sendable {
  private let recorded: Forwarder
  private let plain: Forwarder
  private let types: MethodTypes?
  private let counts = Mutex(Counts())

  /// What has passed so far.
  struct Counts {
    /// Calls that were written down.
    var recorded = 0
    /// Calls that were not, by their paths.
    var passed: [String: Int] = [:]
  }

  /// - Parameters:
  ///   - types: calls of methods that they do not have are only handed on; nil to record all
  init(to next: any ClientTransport, on recorder: Recorder, of types: MethodTypes?) {
    recorded = Forwarder(to: next.intercepted(by: [RecordingInterceptor(recorder)]))
    plain = Forwarder(to: next)
    self.types = types
  }

  /// What has passed so far.
  var passed: Counts { counts.withLock { $0 } }

  /// Takes every call.
  var router: Router {
    Router(services: []) { [self] requests, responses, call in
      try await forwarder(for: call.method.path).handler(requests, responses, call)
    }
  }

  private func forwarder(for path: String) -> Forwarder {
    counts.withLock { counts in
      if let types, types[path] == nil {
        counts.passed[path, default: 0] += 1
        return plain
      }
      counts.recorded += 1
      return recorded
    }
  }
}
