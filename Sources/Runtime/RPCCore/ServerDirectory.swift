internal import Synchronization

/// The servers of a process that may be looked into, and the numbers of all that can be asked for.
///
/// It is made before the servers, so that a service which tells of them can be in their own routers. A server
/// enters when it begins to listen and leaves when it ends. Every member may be used from any thread.
public final class ServerDirectory: Sendable {
  /// A server and its number.
  public struct Entry: Sendable {
    /// The number that the directory gave.
    public let id: IntrospectionID
    /// What answers for the server.
    public let server: any ServerIntrospection
  }

  private let lastID = Atomic<Int64>(0)
  // In ascending order of the numbers.
  private let entries = Mutex<[Entry]>([])

  /// A directory of no servers.
  public init() {}

  /// A number nobody has yet, for a listener or a connection.
  public func makeID() -> IntrospectionID {
    IntrospectionID(rawValue: lastID.add(1, ordering: .relaxed).newValue)
  }

  /// Enters a server, which the directory keeps until it is taken out again.
  public func add(_ server: any ServerIntrospection) -> IntrospectionID {
    entries.withLock { entries in
      // Made under the lock, so that the order of entering is that of the numbers.
      let id = makeID()
      entries.append(Entry(id: id, server: server))
      return id
    }
  }

  /// Takes a server out; one that is not there is none of our business.
  public func remove(_ id: IntrospectionID) {
    entries.withLock { entries in entries.removeAll { $0.id == id } }
  }

  /// Those there are, in ascending order of their numbers.
  public var servers: [Entry] { entries.withLock { $0 } }
}
