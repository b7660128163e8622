public import Protobuf
public import RPCCore

/// The request of a List method: it asks for a page, and which is the next is said by the page before
/// (AIP-158).
public protocol ListRequest: Protobuf.Message, RPCMessage {
  /// The response.
  associatedtype Page: ListPage

  /// The method that answers it.
  static var method: MethodDescriptor { get }
  /// Which page; empty for the first.
  var pageToken: String { get set }
}

/// One page of a list.
public protocol ListPage: RPCMessage {
  /// What is listed.
  associatedtype Item: Sendable

  /// The items of this page; a page may be empty and not the last.
  var items: [Item] { get }
  /// Which page comes next; empty on the last.
  var nextPageToken: String { get }
}
