import Domain
import RPCCore
import Storage

/// Where a list hands over to a stream: at the place of the feed at which its first page was read, so that
/// what changes between two pages is told again and not lost; and under the policy of that page, so that a list of
/// two policies begins no stream.
struct Handover {
  private let tokens: ResumeTokens
  private let start: Int64
  private let epoch: PolicyEpoch

  /// - Parameters:
  ///   - method: the method that watches
  ///   - narrowing: what the stream would ask to see
  ///   - page: the list's page
  /// - Returns: nil for callers that may not watch
  init?(
    to method: MethodDescriptor, _ narrowing: [String], behind page: PageRequest, at desk: Desk,
    in work: Reading
  ) throws {
    guard let rule = desk.rules[method.fullName], rule.admits(work.caller.role),
      let purpose = work.caller.purpose, rule.admits(purpose),
      work.caller.record?.purposes.contains(purpose) == true
    else { return nil }
    tokens = ResumeTokens(
      of: method.fullName, for: work.caller, filter: narrowing, secrets: desk.secrets)
    let beside = page.beside ?? []
    start = try beside.first.flatMap { Int64($0) } ?? work.reader.statusEventEnd()
    epoch =
      try beside.dropFirst().first.flatMap { PolicyEpoch(text: $0) }
      ?? PolicyEpoch(try work.caller.standing(in: work.reader))
  }

  /// What each page token carries to the next page.
  var beside: [String] { [String(start), epoch.text] }

  /// The token of the last page; empty for the others.
  func token<Item>(after page: Page<Item>, in work: Reading) throws -> String {
    guard !page.hasMore else { return "" }
    return try tokens.text(
      of: ResumeToken(
        place: ResumePlace(position: start, eventNumber: 0),
        mark: FeedMark(of: start, in: work.reader), epoch: epoch, issueTime: work.now))
  }
}
