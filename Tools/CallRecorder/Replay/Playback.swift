import RPCCore

/// One recorded call on its way to one client.
struct Playback {
  private let call: RecordedCall
  private let comparison: Comparison
  private let isStrict: Bool
  private let timing: Replayer.Timing
  private let start = ContinuousClock.now

  init(
    _ call: RecordedCall, comparison: Comparison, isStrict: Bool, timing: Replayer.Timing
  ) {
    self.call = call
    self.comparison = comparison
    self.isStrict = isStrict
    self.timing = timing
  }

  /// What a client is told whose request is not the recorded one.
  static func mismatch(
    _ call: RecordedCall, _ number: Int, _ differences: [FieldDifference]
  ) -> RPCError {
    let shown = differences.prefix(5).map(\.description).joined(separator: "; ")
    let more = differences.count > 5 ? "; and \(differences.count - 5) more" : ""
    return RPCError(
      .failedPrecondition,
      "request \(number + 1) of \(call.header.path) is not that of recorded call \(call.id): "
        + shown + more)
  }

  /// What a client is told when the next response is not in the cassette as it was.
  private static func withheld(_ call: RecordedCall) -> RPCError {
    RPCError(
      .dataLoss,
      "a response of recorded call \(call.id) of \(call.header.path) was not recorded whole")
  }

  /// Does what the server did, and waits for what the client did in between.
  ///
  /// - Parameter first: the client's first request, which has been compared already
  func play(
    _ first: [UInt8]?, _ requests: inout RawRequests.Iterator, _ responses: RawResponses,
    _ live: ServerCall
  ) async throws {
    var requestCount = 0
    for entry in call.entries.dropFirst() {
      switch entry.event {
      case .clientHeader: break
      case .clientMessage(let message):
        defer { requestCount += 1 }
        if requestCount == 0 { continue }
        let differences = try await next(message, entry, &requests)
        if isStrict, !differences.isEmpty { throw Self.mismatch(call, requestCount, differences) }
      case .clientHalfClose:
        guard isStrict, first != nil || requestCount > 0 else { continue }
        if try await requests.next() != nil {
          throw Self.mismatch(
            call, requestCount, [FieldDifference("request", recorded: nil, live: "a message")])
        }
      case .serverHeader(let metadata):
        try await wait(for: entry)
        live.responseMetadata = metadata
        try await responses.sendHeaders()
      case .serverMessage(let message):
        try await wait(for: entry)
        guard message.isWhole else { throw Self.withheld(call) }
        try await responses.write(message.bytes, compressed: message.encoding != nil)
      case .serverTrailer(let trailer):
        try await wait(for: entry)
        try end(trailer, live)
        return
      case .cancel:
        break
      }
    }
    // The client ended the call, or the recording did: the server had nothing more to say.
    while !Task.isCancelled { try await Task.sleep(for: .seconds(3_600)) }
    throw CancellationError()
  }

  private func next(
    _ message: CassetteEntry.RecordedMessage, _ entry: CassetteEntry,
    _ requests: inout RawRequests.Iterator
  ) async throws -> [FieldDifference] {
    guard let request = try await requests.next() else {
      return [FieldDifference("request", recorded: "a message", live: nil)]
    }
    return comparison.differences(
      message.bytes, request, of: call.header.path, isRequest: true,
      redacted: entry.redactedPaths)
  }

  private func wait(for entry: CassetteEntry) async throws {
    guard case .recorded(let factor) = timing, let begin = call.entries.first?.offset else {
      return
    }
    try await Task.sleep(until: start + (entry.offset - begin) * factor, clock: .continuous)
  }

  private func end(_ trailer: CassetteEntry.Trailer, _ live: ServerCall) throws {
    if let code = trailer.resetCode { throw StreamReset(code: code) }
    if trailer.status.code == .ok {
      live.trailingMetadata = trailer.metadata
      return
    }
    var error = RPCError(trailer.status)
    error.metadata = trailer.metadata
    throw error
  }
}
