import RPCCore
import Testing

@Suite("Server directory")
struct ServerDirectoryTests {
  private final class Silent: ServerIntrospection {
    func serverSnapshot() async -> ServerSnapshot { ServerSnapshot() }
    func connectionReferences(
      from first: IntrospectionID, countMax: Int
    ) async -> [ConnectionReference] { [] }
    func connectionSnapshot(_ id: IntrospectionID) async -> ConnectionSnapshot? { nil }
  }

  @Test("numbers are positive, ascend, and are given once, whoever asks")
  func ids() async {
    let directory = ServerDirectory()
    let ids = await withTaskGroup(of: [IntrospectionID].self) { group in
      for _ in 0..<4 {
        group.addTask {
          let ids = (0..<1000).map { _ in directory.makeID() }
          #expect(ids == ids.sorted())
          return ids
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(ids.map(\.rawValue)) == Set(1...4000))
  }

  @Test("servers enter with numbers of the same series, in order, and leave")
  func servers() {
    let directory = ServerDirectory()
    let (first, second) = (Silent(), Silent())
    let firstID = directory.add(first)
    let listener = directory.makeID()
    let secondID = directory.add(second)
    #expect(firstID < listener && listener < secondID)
    #expect(directory.servers.map(\.id) == [firstID, secondID])
    #expect(directory.servers.first?.server === first)
    directory.remove(firstID)
    directory.remove(firstID)
    #expect(directory.servers.map(\.id) == [secondID])
  }
}
