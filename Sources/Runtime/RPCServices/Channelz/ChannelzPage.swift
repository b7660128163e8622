internal import RPCCore

/// Which part of a list a caller asked for.
struct ChannelzPage {
  /// Entries in one answer, also for who asks for more: what gRPC's own servers give, and small.
  static let countMax = 100

  let first: IntrospectionID
  let countMax: Int

  /// - Throws: INVALID_ARGUMENT for a negative number.
  init(start: Int64, maxResults: Int64) throws(RPCError) {
    guard start >= 0, maxResults >= 0 else {
      throw RPCError(.invalidArgument, "neither the start nor the number of results is negative")
    }
    first = IntrospectionID(rawValue: start)
    countMax = maxResults == 0 ? Self.countMax : Int(min(maxResults, Int64(Self.countMax)))
  }

  /// The page out of entries that begin at ``first`` and go on past its end if there are more.
  func cut<Entry>(_ entries: [Entry]) -> (entries: [Entry], isLast: Bool) {
    (Array(entries.prefix(countMax)), entries.count <= countMax)
  }
}
