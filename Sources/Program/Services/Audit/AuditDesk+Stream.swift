import AuditProof
import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension AuditDesk {
  /// Entries sent between two looks at whether the caller may still have them.
  private static let batchCount = 200

  public func streamEntries(
    _ request: SafeMobility.StreamEntriesRequest,
    responses: ResponseStream<SafeMobility.StreamEntriesResponse>, call: ServerCall
  ) async throws {
    let (caller, _) = try desk.admission(of: call)
    try desk.validator.check(request, now: caller.callTime)
    try AuditLogName.check(request.parent)
    let tokens = ResumeTokens(streaming: request.parent, for: caller, secrets: desk.secrets)
    let watcher = try desk.watches.add(for: caller.partner, of: [])
    defer { desk.watches.remove(watcher) }
    var token = try await begin(request.resumeToken, caller, tokens)
    try await responses.sendHeaders()
    var silentSince = ContinuousClock.now
    while !desk.watches.isEnded {
      guard let news = try await look(from: token, caller) else {
        return try await responses.write(.with { $0.item = .reset(.init()) })
      }
      for sequenced in news.entries {
        try await responses.write(
          .with { $0.item = .entry(.init(sequenced.entry, at: sequenced.leaf)) })
        token.place.position = sequenced.leaf.position + 1
      }
      token.issueTime = news.time
      let isDue = ContinuousClock.now - silentSince >= desk.watches.limits.bookmarkInterval
      if !news.entries.isEmpty && !news.hasMore || isDue {
        let text = tokens.text(of: token)
        try await responses.write(.with { $0.item = .bookmark(.with { $0.resumeToken = text }) })
        silentSince = .now
      }
      if !news.hasMore { try await Task.sleep(for: desk.watches.limits.pollInterval) }
    }
    throw RPCError.watchesEnded
  }

  /// Where the stream begins: where a token says, or at the first entry.
  private func begin(
    _ text: String, _ caller: Caller, _ tokens: ResumeTokens
  ) async throws -> ResumeToken {
    try await desk.store.read { reader in
      let epoch = PolicyEpoch(try caller.standing(in: reader))
      if text.isEmpty {
        return ResumeToken(
          place: ResumePlace(position: 0, eventNumber: 0), mark: .nothing, epoch: epoch,
          issueTime: reader.now)
      }
      let token = try tokens.open(text)
      let isFresh = reader.now <= token.issueTime + desk.watches.limits.tokenAgeMax
      guard isFresh, token.epoch == epoch, try token.place.position <= reader.auditLogSize() else {
        throw Refusal(.resumeTokenExpired)
      }
      return token
    }
  }

  private struct News: Sendable {
    var entries: [SequencedEntry]
    var hasMore: Bool
    var time: Instant
  }

  /// What has come behind a token; nil when the policy has changed.
  private func look(from token: ResumeToken, _ caller: Caller) async throws -> News? {
    try await desk.store.read { reader in
      guard PolicyEpoch(try caller.standing(in: reader)) == token.epoch else { return nil }
      let page = try reader.auditEntries(from: token.place.position, limit: Self.batchCount)
      return News(entries: page.items, hasMore: page.hasMore, time: reader.now)
    }
  }
}

extension Reading {
  /// The token with which a list of a log hands over to a stream.
  func token(behind position: Int64, _ tokens: ResumeTokens) throws -> String {
    tokens.text(
      of: ResumeToken(
        place: ResumePlace(position: position, eventNumber: 0), mark: .nothing,
        epoch: PolicyEpoch(try caller.standing(in: reader)), issueTime: now))
  }
}

extension ResumeTokens {
  /// The tokens of a subscription to a log.
  init(streaming log: String, for caller: Caller, secrets: Secrets) {
    self.init(
      of: SafeMobility.AuditServiceMethods.streamEntries.fullName, for: caller, filter: [log],
      secrets: secrets)
  }
}
