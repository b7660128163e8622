internal import RPCCore

/// The task that waits for the answer of a unary call.
///
/// Unchecked, because that each is resumed once is plain to see (by `ClientCall.finish`, or at once when the call
/// is over before somebody waits), and a check costs an allocation for each call.
@safe
struct UnaryCaller: Sendable {
  typealias Answer = Result<RawResponse, RPCError>

  // SAFETY: resumed once, as said above.
  private let continuation: UnsafeContinuation<Answer, Never>

  /// Suspends the task until somebody resumes it who was given it by `body`.
  static func suspended(_ body: (UnaryCaller) -> Void) async -> Answer {
    await unsafe withUnsafeContinuation { unsafe body(UnaryCaller(continuation: $0)) }
  }

  func resume(returning answer: Answer) { unsafe continuation.resume(returning: answer) }
}
