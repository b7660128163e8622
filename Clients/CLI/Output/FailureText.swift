import RPCCore
import SafeMobilityClient

/// A failed call in words: what failed, why, and what to do.
enum FailureText {
  /// Several lines, the last without a newline.
  static func text(
    of failure: CallFailure, method: MethodDescriptor, repetition: Repetition
  ) -> String {
    let reason = failure.reason.map { " \($0)" } ?? ""
    var lines = ["\(method.method) failed, \(failure.code)\(reason): \(failure.message)"]
    lines += failure.fieldViolations.map { "  - \($0.field): \($0.description)" }
    lines += failure.preconditionViolations.map { violation in
      let subject = violation.subject.isEmpty ? violation.type : violation.subject
      return "  - \(subject): \(violation.description)"
    }
    lines += failure.reasonMetadata.sorted { $0.key < $1.key }.map { "  - \($0.key): \($0.value)" }
    lines += next(failure, repetition).map { "Next: \($0)" }
    if let id = repetition.requestID { lines.append("Request id: \(id)") }
    return lines.map(Plain.line).joined(separator: "\n")
  }

  private static func next(_ failure: CallFailure, _ repetition: Repetition) -> [String] {
    if let reason = failure.reason, let advice = FailureAdvice.byReason[reason] { return [advice] }
    switch failure.code {
    case .unavailable, .deadlineExceeded, .cancelled, .unknown, .internal, .dataLoss:
      if repetition.requestID != nil {
        return [
          "nobody knows whether it was done. Find out by repeating it; it is never done twice:\n"
            + "  \(repetition.sameRequest)"
        ]
      }
      return failure.code == .unavailable
        ? ["check the address, and that the server runs; then try again"] : ["try again"]
    default:
      return FailureAdvice.byCode[failure.code].map { [$0] } ?? []
    }
  }
}
