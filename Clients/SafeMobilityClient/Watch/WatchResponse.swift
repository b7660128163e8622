public import RPCCore

/// An item of a watch stream of the contract, in the form that all of them have.
public protocol WatchResponse: RPCMessage {
  /// A page of the list that the watch takes over from.
  associatedtype Page: WatchedPage
  /// What changes are told with.
  associatedtype Change: Sendable

  /// What the item says.
  var watchItem: WatchItem<Change> { get }
  /// Where to go on behind it; empty when it does not say.
  var resumeToken: String { get }
}

/// A page of a list from which a watch takes over.
public protocol WatchedPage: ListPage {
  /// Where; on the last page only.
  var resumeToken: String { get }
}

/// What an item of a watch stream says.
public enum WatchItem<Change: Sendable>: Sendable {
  /// Something has changed.
  case change(Change, WatchEventID)
  /// Nothing is missing so far.
  case bookmark
  /// The stream ends, and its subscriber must list again unless there is a token.
  case reset(resumeToken: String)
  /// Something that this version of the contract does not know.
  case unknown
}

/// What a change is known again by when it is told twice.
public struct WatchEventID: Sendable, Hashable {
  /// `StatusEvent.uid`; empty when it is not known.
  public var uid: String
  /// `StatusEvent.version`.
  public var version: Int64

  /// Both parts are given.
  public init(uid: String, version: Int64) {
    self.uid = uid
    self.version = version
  }
}
