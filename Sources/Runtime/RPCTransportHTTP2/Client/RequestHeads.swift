internal import HTTP2
internal import RPCCore
internal import RPCWire

/// The header lists of a channel's requests. What calls say alike is written once for each method.
///
/// Touched on its channel's loop only.
final class RequestHeads {
  /// Methods that lists are kept for; who calls more of them pays for the rest each time.
  private static let keptCountMax = 256

  let scheme: String
  let authority: String
  let userAgent: String
  private var kept: [ObjectIdentifier: (method: MethodDescriptor, list: FieldList)] = [:]

  init(scheme: String, authority: String, userAgent: String) {
    self.scheme = scheme
    self.authority = authority
    self.userAgent = userAgent
  }

  /// The list for an attempt.
  func list(for attempt: ClientAttempt, of call: ClientCall) -> FieldList {
    guard call.deadline == nil, call.metadata.isEmpty, call.encoding == .identity,
      attempt.previousCount == 0
    else { return make(attempt, call) }
    // The descriptor is kept as well, so that its identity stays its own.
    if let known = kept[call.method.identity] { return known.list }
    let list = make(attempt, call)
    if kept.count < Self.keptCountMax { kept[call.method.identity] = (call.method, list) }
    return list
  }

  private func make(_ attempt: ClientAttempt, _ call: ClientCall) -> FieldList {
    let request = OutgoingRequest(
      method: call.method, scheme: scheme, authority: authority,
      timeout: call.deadline.map { ContinuousClock.now.duration(to: $0.instant) },
      userAgent: userAgent, metadata: call.metadata, encoding: call.encoding,
      previousAttemptCount: attempt.previousCount)
    return OutgoingFields.list { RequestFields.head(request, to: &$0) }
  }
}
