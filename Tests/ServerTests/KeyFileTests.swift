import Foundation
import Testing

@Suite("The key beside the store")
struct KeyFileTests {
  private func load(
    _ folder: TemporaryFolder, _ arguments: [String] = [], environment: [String: String] = [:]
  ) async throws -> (code: Int32?, said: String) {
    let load = try RunningServer(
      ["load", "--reference", "--store", folder.store()] + arguments, in: folder.url,
      environment: environment)
    return (try await load.exitCode(), load.said)
  }

  /// What a command printed on its first line.
  private func run(
    _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:]
  ) async throws -> (code: Int32?, line: String, said: String) {
    let command = try RunningServer(arguments, in: folder.url, environment: environment)
    return (try await command.exitCode(), command.line(), command.said)
  }

  @Test("the key is changed: the store opens with the new one alone, and the log's stays")
  func rotated() async throws {
    let folder = try TemporaryFolder()
    #expect(try await load(folder).code == 0)
    let store = ["--store", folder.store()]
    let new = ["--key-file", folder.path("new.key")]
    let logKey = try await run(["store", "log-key"] + store, in: folder)
    #expect(logKey.code == 0, "\(logKey.said)")
    #expect(logKey.line.contains("pasarela.dev/auditLogs/"))
    let policyKey = try await run(["store", "policy-key"] + store, in: folder)
    #expect(policyKey.code == 0, "\(policyKey.said)")
    #expect(policyKey.line.count == 64, "\(policyKey.line)")
    let rotated = try await run(
      ["store", "rotate-key"] + store + ["--new-key-file", folder.path("new.key")], in: folder)
    #expect(rotated.code == 0, "\(rotated.said)")
    #expect(rotated.line.contains("the new key alone"), "\(rotated.line)")
    let key = try Data(contentsOf: URL(filePath: folder.path("new.key")))
    #expect(key.count == 32)
    let refused = try await load(folder)
    #expect(refused.code == 1)
    #expect(refused.said.contains("another key"), "\(refused.said)")
    #expect(try await load(folder, new).code == 0)
    let after = try await run(["store", "log-key"] + store + new, in: folder)
    #expect(after.line == logKey.line)
    let policyAfter = try await run(["store", "policy-key"] + store + new, in: folder)
    #expect(policyAfter.line == policyKey.line)
    // The same key twice changes nothing, and none is made up.
    let same = try await run(
      ["store", "rotate-key"] + store + new + ["--new-key-file", folder.path("new.key")],
      in: folder)
    #expect(same.code == 1 && same.said.contains("the new key is the old one"), "\(same.said)")
    let none = try await run(["store", "rotate-key"] + store + new, in: folder)
    #expect(none.code == 1 && none.said.contains("PASARELA_NEW_KEY"), "\(none.said)")
  }

  @Test("keys in the environment serve as files do, and are never asked for on the command line")
  func variables() async throws {
    let folder = try TemporaryFolder()
    let (old, new) = (String(repeating: "0a", count: 32), String(repeating: "B1", count: 32))
    #expect(try await load(folder, environment: ["PASARELA_KEY": old]).code == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("p.db.key")))
    for wrong in ["0a", String(repeating: "0g", count: 32), new] {
      let refused = try await load(folder, environment: ["PASARELA_KEY": wrong])
      #expect(refused.code == 1)
      #expect(!refused.said.contains(wrong), "\(refused.said)")
    }
    let rotated = try await run(
      ["store", "rotate-key", "--store", folder.store()], in: folder,
      environment: ["PASARELA_KEY": old, "PASARELA_NEW_KEY": new])
    #expect(rotated.code == 0, "\(rotated.said)")
    #expect(try await load(folder, environment: ["PASARELA_KEY": new]).code == 0)
    #expect(try await load(folder, environment: ["PASARELA_KEY": old]).code == 1)
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

  @Test("a programme's key for CheckPresence is the store's own, and none is made for it")
  func presence() async throws {
    let (folder, another) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [folder, another] { #expect(try await load(folder).code == 0) }
    func print(_ folder: TemporaryFolder, _ arguments: String...) async throws -> String {
      let command = try await run(
        ["presence-key", "--store", folder.store()] + arguments, in: folder)
      return command.code == 0 ? command.line : ""
    }
    let first = try await print(folder)
    #expect(first.contains(#/^[0-9a-f]{64}$/#))
    #expect(try await print(folder) == first)
    let other = try await print(folder, "--program", "another")
    #expect(other.count == 64 && other != first)
    #expect(try await print(another) != first)
    // With another store's key, or none, there is nothing to print.
    #expect(try await print(folder, "--key-file", another.path("p.db.key")) == "")
    #expect(try await print(folder, "--key-file", folder.path("none.key")) == "")
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
