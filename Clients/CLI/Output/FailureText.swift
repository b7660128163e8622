import RPCCore
import SafeMobilityClient

/// A failed call in words: what failed, why, and what to do.
enum FailureText {
  static func text(
    of failure: CallFailure, method: MethodDescriptor, id: RequestID?
  ) -> String {
    var lines = ["\(method.method) failed: \(failure.code) \(failure.message)"]
    if let reason = failure.reason { lines.append("  reason: \(reason)") }
    for violation in failure.fieldViolations {
      lines.append("  \(violation.field): \(violation.description)")
    }
    for violation in failure.preconditionViolations {
      lines.append("  \(violation.subject): \(violation.description)")
    }
    lines += failure.reasonMetadata.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    if let advice = advice(failure, id) { lines.append("  \(advice)") }
    return lines.joined(separator: "\n")
  }

  private static func advice(_ failure: CallFailure, _ id: RequestID?) -> String? {
    switch (failure.code, failure.reason) {
    case (.aborted, "ETAG_MISMATCH"):
      return "Somebody else has changed it: read it again, then decide again."
    case (.aborted, "HOLD_FENCE_STALE"):
      return "The hold was renewed: use the newest fence."
    case (.failedPrecondition, "SECOND_PERSON_REQUIRED"):
      return "Another authorised person must give the same command."
    case (.failedPrecondition, "SLOT_FULL"):
      return "No seat was taken. Look for another slot: pasarela slot list OFFICE"
    case (.permissionDenied, _):
      return "Your role, your purpose or the name may be wrong; the server does not say which."
    case (.unauthenticated, _):
      return "Give your certificate with --tls-cert and --tls-key, or --insecure --as PARTNER/ROLE."
    case (.unavailable, _), (.deadlineExceeded, _):
      guard let id else { return "Try again." }
      return "It may have been done or not. To find out safely, repeat it with --request-id \(id)"
    case (.resourceExhausted, "OVERLOADED"):
      return "The server is busy; try again in a moment with --request-id \(id?.text ?? "")"
    default:
      return nil
    }
  }
}
