import Foundation
import Testing

@Suite("The key beside the store")
struct KeyFileTests {
  private func load(_ folder: TemporaryFolder, _ arguments: [String] = []) async throws -> (
    code: Int32?, said: String
  ) {
    let load = try RunningServer(
      ["load", "--reference", "--store", folder.store()] + arguments, in: folder.url)
    return (try await load.exitCode(), load.said)
  }

  @Test("a new store gets a new key, which only its owner may read")
  func made() async throws {
    var keys: Set<Data> = []
    for _ in 0..<2 {
      let folder = try TemporaryFolder()
      #expect(try await load(folder).code == 0)
      let path = folder.path("p.db.key")
      let key = try Data(contentsOf: URL(filePath: path))
      #expect(key.count == 32)
      for file in [path, folder.path("p.db")] {
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect((attributes[.posixPermissions] as? Int) == 0o600, "\(file)")
      }
      // Started again, it is the same one.
      #expect(try await load(folder).code == 0)
      #expect(try Data(contentsOf: URL(filePath: path)) == key)
      keys.insert(key)
    }
    #expect(keys.count == 2)
  }

  @Test("a programme's key for CheckPresence is made of the deployment's, and none is made for it")
  func presence() async throws {
    let folder = try TemporaryFolder()
    #expect(try await load(folder).code == 0)
    func print(_ arguments: String...) async throws -> (code: Int32?, line: String) {
      let command = try RunningServer(["presence-key", "--key-file"] + arguments, in: folder.url)
      return (try await command.exitCode(), command.line())
    }
    let key = folder.path("p.db.key")
    let first = try await print(key)
    #expect(first.code == 0)
    #expect(first.line.contains(#/^[0-9a-f]{64}$/#))
    #expect(try await print(key).line == first.line)
    let other = try await print(key, "--program", "another").line
    #expect(other.count == 64 && other != first.line)
    #expect(try await print(folder.path("none.key")).code != 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("none.key")))
  }

  @Test("a store whose key is gone is not opened, and gets no other key")
  func gone() async throws {
    let folder = try TemporaryFolder()
    #expect(try await load(folder).code == 0)
    try FileManager.default.moveItem(
      atPath: folder.path("p.db.key"), toPath: folder.path("elsewhere"))
    let refused = try await load(folder)
    #expect(refused.code == 1)
    #expect(refused.said.contains("restore the file"), "\(refused.said)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("p.db.key")))
    #expect(try await load(folder, ["--key-file", folder.path("elsewhere")]).code == 0)
  }

  @Test("another store's key is noticed before anything is sealed with it")
  func another() async throws {
    let (mine, other) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [mine, other] { #expect(try await load(folder).code == 0) }
    let refused = try await load(mine, ["--key-file", other.path("p.db.key")])
    #expect(refused.code == 1)
    #expect(refused.said.contains("another key"), "\(refused.said)")
    #expect(try await load(mine).code == 0)
  }

  @Test("a file that is no key is named, and left as it is")
  func damaged() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("p.db.key")
    try Data("short".utf8).write(to: URL(filePath: path))
    let refused = try await load(folder)
    #expect(refused.code == 1)
    #expect(refused.said.contains("32 bytes"), "\(refused.said)")
    #expect(try Data(contentsOf: URL(filePath: path)) == Data("short".utf8))
    #expect(!FileManager.default.fileExists(atPath: folder.path("p.db")))
  }
}
