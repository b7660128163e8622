/// What somebody who watches is told.
///
/// A programme keeps a copy by five rules: `listBegins` empties the copy, `listed` is put in, `listEnded` says that all
/// is in, `changed` is applied, `bookmark` changes nothing. The ``resumeToken`` of each, nil too, is kept together with
/// the copy: a later watch goes on from there.
public enum WatchEvent<Resource: Sendable, Change: Sendable>: Sendable {
  /// What there is follows. Comes first in a watch without a token, and again when changes may be missing: the token
  /// was too old, or what the caller may see has changed. Forget all that was told before.
  case listBegins
  /// One of what there is.
  case listed(Resource)
  /// That was all there is; changes follow.
  case listEnded(resumeToken: String)
  /// Something has changed.
  case changed(Change, resumeToken: String)
  /// Nothing is missing so far. Comes now and then when nothing changes, so that the token does not grow old.
  case bookmark(resumeToken: String)

  /// Where a later watch goes on behind this event; nil within a list, which can only begin again.
  public var resumeToken: String? {
    switch self {
    case .listEnded(let token), .changed(_, let token), .bookmark(let token): token
    case .listBegins, .listed: nil
    }
  }
}

extension WatchEvent: Equatable where Resource: Equatable, Change: Equatable {}
extension WatchEvent: Hashable where Resource: Hashable, Change: Hashable {}
