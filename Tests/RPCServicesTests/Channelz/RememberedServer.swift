import RPCCore

/// A server that tells what a test made up.
final class RememberedServer: ServerIntrospection {
  private let snapshot: ServerSnapshot
  private let connections: [IntrospectionID: ConnectionSnapshot]

  init(_ snapshot: ServerSnapshot, _ connections: [IntrospectionID: ConnectionSnapshot] = [:]) {
    self.snapshot = snapshot
    self.connections = connections
  }

  func serverSnapshot() async -> ServerSnapshot { snapshot }

  func connectionReferences(
    from first: IntrospectionID, countMax: Int
  ) async -> [ConnectionReference] {
    connections.filter { $0.key >= first }.sorted { $0.key < $1.key }.prefix(countMax)
      .map { ConnectionReference(id: $0.key, name: $0.value.name) }
  }

  func connectionSnapshot(_ id: IntrospectionID) async -> ConnectionSnapshot? { connections[id] }
}
