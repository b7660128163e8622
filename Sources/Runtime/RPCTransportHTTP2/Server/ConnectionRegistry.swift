internal import NIOCore
internal import RPCCore
internal import Synchronization

/// The connections of a server: how many there may be, and how they are drained when it stops.
final class ConnectionRegistry: Sendable {
  private struct Entry {
    let connection: ServerConnection
    let channel: any Channel
  }

  /// The connection of that number, and its channel.
  func connection(_ id: IntrospectionID) -> (ServerConnection, any Channel)? {
    state.withLock { state in
      state.entries.values.first { $0.connection.id == id }.map { ($0.connection, $0.channel) }
    }
  }

  /// Connections in ascending order of their numbers, from `first` on.
  func references(from first: IntrospectionID, countMax: Int) -> [ConnectionReference] {
    let entries = state.withLock { Array($0.entries.values) }
    let found = entries.filter { $0.connection.id >= first }.sorted {
      $0.connection.id < $1.connection.id
    }
    return found.prefix(countMax).map {
      ConnectionReference(id: $0.connection.id, name: $0.channel.remoteAddress?.description ?? "")
    }
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var countByAddress: [String: Int] = [:]
    var isDraining = false
  }

  private let limits: HTTP2Server.Limits
  private let state = Mutex(State())

  init(limits: HTTP2Server.Limits) {
    self.limits = limits
  }

  /// Notes a new connection until its channel closes. Called on the channel's loop.
  ///
  /// - Parameter address: the client's IP address; nil for a unix socket
  /// - Returns: whether it may stay (attack T23)
  func add(_ connection: ServerConnection, _ channel: any Channel, address: String?) -> Bool {
    let id = ObjectIdentifier(connection)
    let (isAdmitted, isDraining) = state.withLock { state in
      guard state.entries.count < limits.connectionCountMax else { return (false, false) }
      if let address {
        let count = state.countByAddress[address, default: 0]
        guard count < limits.connectionCountMaxPerAddress else { return (false, false) }
        state.countByAddress[address] = count + 1
      }
      state.entries[id] = Entry(connection: connection, channel: channel)
      return (true, state.isDraining)
    }
    guard isAdmitted else { return false }
    channel.closeFuture.whenComplete { [self] _ in remove(id, address: address) }
    if isDraining { connection.drain() }
    return true
  }

  private func remove(_ id: ObjectIdentifier, address: String?) {
    state.withLock { state in
      state.entries.removeValue(forKey: id)
      guard let address, let count = state.countByAddress[address] else { return }
      state.countByAddress[address] = count > 1 ? count - 1 : nil
    }
  }

  /// Lets every connection finish its calls, and cuts off what is still there after the grace.
  func drain(grace: Duration) async {
    let entries = state.withLock { state in
      state.isDraining = true
      return Array(state.entries.values)
    }
    for entry in entries {
      entry.channel.eventLoop.execute { entry.connection.drain() }
    }
    // Not a child task: whoever stops a server by cancelling its task would cancel the grace as well, and
    // a call without end would then never be cut off.
    let patience = Task { [self] in
      try await Task.sleep(for: grace)
      abortAll()
    }
    for entry in entries { try? await entry.channel.closeFuture.get() }
    patience.cancel()
  }

  private func abortAll() {
    for entry in state.withLock({ Array($0.entries.values) }) {
      entry.channel.eventLoop.execute { entry.connection.abort() }
    }
  }
}
