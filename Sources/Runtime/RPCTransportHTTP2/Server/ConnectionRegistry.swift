internal import NIOCore
internal import RPCCore
internal import Synchronization

/// The connections of a server: how many there may be, and how they are drained when it stops.
final class ConnectionRegistry: Sendable {
  private struct Entry {
    let connection: ServerConnection
    let channel: any Channel
  }

  /// What one address has.
  private struct Address {
    var connectionCount = 0
    let account: SharedAccount
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var addresses: [AddressKey: Address] = [:]
    var addressCountToSweep = 0
    var isDraining = false
  }

  private let limits: HTTP2Server.Limits
  private let state = Mutex(State())

  private let everybody: SharedAccount

  /// - Parameter everybody: what all connections hold together
  init(limits: HTTP2Server.Limits, everybody: SharedAccount) {
    self.limits = limits
    self.everybody = everybody
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

  /// Notes a new connection until its channel closes. Called on the channel's loop.
  ///
  /// - Returns: whether it may stay (attack T23)
  func add(_ connection: ServerConnection, _ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(connection)
    let key = AddressKey(channel.remoteAddress)
    let admission = state.withLock { state -> (account: SharedAccount?, isDraining: Bool)? in
      guard state.entries.count < limits.connectionCountMax else { return nil }
      var account: SharedAccount?
      if let key {
        account = admit(key, in: &state)
        if account == nil { return nil }
      }
      state.entries[id] = Entry(connection: connection, channel: channel)
      return (account, state.isDraining)
    }
    guard let admission else { return false }
    if let account = admission.account { connection.join(account) }
    channel.closeFuture.whenComplete { [self] _ in remove(id, key) }
    if admission.isDraining { connection.drain() }
    return true
  }

  /// Counts one more connection of the address, unless it has all it may have.
  private func admit(_ key: AddressKey, in state: inout State) -> SharedAccount? {
    if state.addresses.count > state.addressCountToSweep { sweep(&state) }
    var address =
      state.addresses[key]
      ?? Address(account: SharedAccount(perAddress: limits, of: everybody))
    let share = SharedAccount.share(ofRest: limits.connectionCountMax - state.entries.count)
    guard address.connectionCount < min(limits.connectionCountMaxPerAddress, share) else {
      return nil
    }
    address.connectionCount += 1
    state.addresses[key] = address
    return address.account
  }

  /// Forgets addresses whose connections went before their handlers, which have ended since.
  private func sweep(_ state: inout State) {
    state.addresses = state.addresses.filter {
      $0.value.connectionCount > 0 || $0.value.account.handlerCount > 0
    }
    state.addressCountToSweep = max(limits.connectionCountMax, 2 * state.addresses.count)
  }

  private func remove(_ id: ObjectIdentifier, _ key: AddressKey?) {
    state.withLock { state in
      state.entries.removeValue(forKey: id)
      guard let key, var address = state.addresses[key] else { return }
      address.connectionCount -= 1
      // Handlers outlive their connection, and whoever comes back at once must find them counted.
      let isGone = address.connectionCount == 0 && address.account.handlerCount == 0
      state.addresses[key] = isGone ? nil : address
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
