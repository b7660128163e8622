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
  private var kept: [ObjectIdentifier: (method: MethodDescriptor, list: PreparedHeaders)] = [:]

  init(scheme: String, authority: String, userAgent: String) {
    self.scheme = scheme
    self.authority = authority
    self.userAgent = userAgent
  }

  /// The list for an attempt.
  func list(for attempt: ClientAttempt, of call: ClientCall) -> FieldList {
    let common = common(to: call.method)
    let hasOwn =
      call.deadline != nil || !call.metadata.isEmpty || call.encoding != .identity
      || attempt.previousCount > 0
    guard hasOwn else { return .prepared(common) }
    let request = OutgoingRequest(
      method: call.method, scheme: scheme, authority: authority,
      timeout: call.deadline.map { ContinuousClock.now.duration(to: $0.instant) },
      userAgent: userAgent, metadata: call.metadata, encoding: call.encoding,
      previousAttemptCount: attempt.previousCount)
    return .block(
      OutgoingFields.block { RequestFields.own(request, to: &$0) }, among: common,
      earlyCount: request.timeout == nil ? 0 : 1)
  }

  private func common(to method: MethodDescriptor) -> PreparedHeaders {
    // The descriptor is kept as well, so that its identity stays its own.
    if let known = kept[method.identity] { return known.list }
    let request = OutgoingRequest(
      method: method, scheme: scheme, authority: authority, timeout: nil, userAgent: userAgent,
      metadata: [:])
    let list = PreparedHeaders(OutgoingFields.block { RequestFields.common(request, to: &$0) })
    if kept.count < Self.keptCountMax { kept[method.identity] = (method, list) }
    return list
  }
}
