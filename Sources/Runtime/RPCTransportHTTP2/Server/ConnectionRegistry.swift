internal import NIOCore
internal import Synchronization

/// The connections of a server, so that they can be drained when it stops.
final class ConnectionRegistry: Sendable {
  private struct Entry {
    let connection: ServerConnection
    let channel: any Channel
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var isDraining = false
  }

  private let state = Mutex(State())

  /// Notes a new connection until its channel closes. Called on the channel's loop.
  func add(_ connection: ServerConnection, _ channel: any Channel) {
    let id = ObjectIdentifier(connection)
    let isDraining = state.withLock { state in
      state.entries[id] = Entry(connection: connection, channel: channel)
      return state.isDraining
    }
    channel.closeFuture.whenComplete { [self] _ in
      state.withLock { _ = $0.entries.removeValue(forKey: id) }
    }
    if isDraining { connection.drain() }
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
    await withTaskGroup { group in
      group.addTask { [self] in
        guard (try? await Task.sleep(for: grace)) != nil else { return }
        abortAll()
      }
      for entry in entries { try? await entry.channel.closeFuture.get() }
      group.cancelAll()
    }
  }

  private func abortAll() {
    for entry in state.withLock({ Array($0.entries.values) }) {
      entry.channel.eventLoop.execute { entry.connection.abort() }
    }
  }
}
