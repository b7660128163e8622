internal import RPCCore

/// How one attempt ended.
struct AttemptEnd {
  var code: StatusCode
  var pushback: Pushback
  var wasProcessed: WasProcessed
  /// Whether the throttle lets another one go, with this failure counted.
  var allowsRetries: Bool

  /// Whether a further attempt may follow one that ended with a code that allows it.
  var allowsAnother: Bool { allowsRetries && pushback != .stop }

  /// - Parameter codes: those that are worth another attempt
  func throttleEffect(repeatable codes: StatusCodeSet) -> ThrottleEffect {
    if code == .ok { return .success }
    return codes.contains(code) || pushback == .stop ? .failure : .none
  }
}

/// Whether a call may once more be sent without counting, because no server has seen it.
///
/// Without limit while nothing has left the client; once when a server says that it did nothing, since
/// a server that always says so would be asked for ever (gRFC A6).
struct TransparentRetries {
  private var isUsed = false

  mutating func allows(_ wasProcessed: WasProcessed) -> Bool {
    switch wasProcessed {
    case .neverLeft: return true
    case .notProcessed:
      if isUsed { return false }
      isUsed = true
      return true
    case .maybe: return false
    }
  }
}
