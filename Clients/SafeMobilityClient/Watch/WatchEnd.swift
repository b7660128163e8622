internal import RPCCore
internal import SafeMobilityAPI

/// What the end of a stream means to whoever wants to hear on.
enum WatchEnd: Hashable {
  /// Another one goes on where it was, after this pause at least.
  case broken(pauseMin: Duration)
  /// Only from the beginning.
  case expired
  /// Trying again would not better it.
  case final

  /// What to do then, pauses that grow included.
  enum Reaction: Hashable {
    case pause(Duration)
    case startOver(Duration)
    case fail
  }

  /// - Parameter error: nil for an end with OK
  init(_ error: RPCError?) {
    switch error?.code {
    case nil, .unavailable, .deadlineExceeded, .cancelled:
      self = .broken(pauseMin: .zero)
    case .resourceExhausted, .outOfRange:
      let failure = error.map(CallFailure.init)
      switch failure?.errorReason {
      case .resumeTokenExpired: self = .expired
      case .overloaded: self = .broken(pauseMin: failure?.retryDelay ?? .zero)
      default: self = .final
      }
    default:
      self = .final
    }
  }
}
