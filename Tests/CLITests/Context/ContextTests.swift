import ArgumentParser
import Foundation
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import Testing
import Trials

@testable import CLI

/// Servers under names: what is kept, what is refused, and what is used when.
@Suite("Contexts") struct ContextTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.file("contexts.json") }

  private func world(_ environment: [String: String] = [:]) -> CommandWorld {
    var world = CommandWorld(server: Sample.server())
    world.environment = ["PASARELA_CONFIG": path].merging(environment) { $1 }
    return world
  }

  private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  private func mode(_ path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }

  /// Where a command line connects, by what it says, the environment and the contexts.
  private func connection(
    _ line: String, _ environment: [String: String] = [:]
  ) throws -> Surroundings.Connection {
    let options = try GlobalOptions.parse(line.split(separator: " ").map(String.init))
    var surroundings = Surroundings.live
    surroundings.environment = ["PASARELA_CONFIG": path].merging(environment) { $1 }
    return try options.connection(
      usual: .processing, in: options.inContext(surroundings))
  }

  @Test("a context is made, shown, listed, used, changed and forgotten")
  func life() async throws {
    let world = world()
    let made = await world.run(
      "ctx set pilot --target a:1 --insecure --as iom/DPO --timeout 1500ms --purpose reporting")
    #expect(made.code == 0, "\(made.errors)")
    #expect(made.errors == "made the context pilot\n")
    #expect(try mode(path) == 0o600)
    #expect(await world.run("ctx current").code == 1)
    #expect(await world.run("ctx use pilot").code == 0)
    #expect(await world.run("ctx current").output == "pilot\n")
    #expect(await world.run("ctx set other --target unix:/run/o --tls-ca ca.pem --use").code == 0)
    let list = await world.run("ctx ls")
    #expect(
      list.output == """
           NAME   TARGET       SECURITY   IDENTITY
        *  other  unix:/run/o  TLS
           pilot  a:1          plaintext  iom/DPO

        """)
    #expect(await world.run("ctx list -o name").output == "other\npilot\n")
    let shown = await world.run("ctx show pilot")
    #expect(
      shown.output == """
        name      pilot
        target    a:1
        security  plaintext
        as        iom/DPO
        purpose   REPORTING
        timeout   1500ms

        """)
    // Paths hold from any folder, and are not the server's alone to be plaintext any more.
    #expect(await world.run("ctx set pilot --tls-ca ca.pem").code == 0)
    let changed = await world.run("ctx show pilot -o json")
    let here = FileManager.default.currentDirectoryPath
    #expect(changed.output.contains("\"tlsCa\": \"\(here)/ca.pem\""), "\(changed.output)")
    #expect(!changed.output.contains("plaintext"))
    #expect(!changed.output.contains("iom/DPO"))
    #expect(await world.run("ctx set pilot --unset tls-ca --unset timeout").code == 0)
    let less = await world.run("ctx show pilot")
    #expect(!less.output.contains("tls-ca") && !less.output.contains("timeout"))
    #expect(await world.run("ctx rm other").code == 0)
    #expect(await world.run("ctx current").code == 1)
    let gone = await world.run("ctx show other")
    #expect(gone.code == 1)
    #expect(gone.errors.contains("there are: pilot"))
  }

  @Test("what the context says goes with every call, and options count more")
  func used() async throws {
    let world = world(["PASARELA_TEAM": "blue"])
    let made = await world.run([
      "ctx", "set", "pilot", "--target", "a:1", "--insecure", "--as", "iom/DPO", "--end-user",
      "desk-1", "-H", "x-team: ${PASARELA_TEAM}", "-H", "x-site: xel", "--use",
    ])
    #expect(made.code == 0, "\(made.errors)")
    #expect(try !text().contains("blue"))
    #expect(await world.run("office show offices/xel").code == 0)
    #expect(await world.run("office show offices/xel --as unhcr/SCREENER").code == 0)
    #expect(
      await world.run([
        "call", "OfficeService/GetOffice", "-d", "{\"name\": \"offices/xel\"}", "-H", "x-team: red",
      ]).code == 0)
    let asked = world.server.asked.map(\.metadata)
    #expect(asked.map { $0["pasarela-dev-identity"] } == ["iom/DPO", "unhcr/SCREENER", "iom/DPO"])
    #expect(asked.map { $0["pasarela-end-user"] } == ["desk-1", "desk-1", "desk-1"])
    #expect(asked.map { $0["x-team"] } == ["blue", "blue", "red"])
    #expect(asked.map { $0["x-site"] } == ["xel", "xel", "xel"])
  }

  @Test(
    "which context is used: --ctx, PASARELA_CONTEXT, the current one, and none for another server")
  func precedence() async throws {
    let world = world()
    for name in ["one", "two", "three"] {
      _ = await world.run("ctx set \(name) --target \(name):1 --tls-ca /\(name)")
    }
    #expect(await world.run("ctx use one").code == 0)
    let two = ["PASARELA_CONTEXT": "two"]
    let habit = ["PASARELA_TARGET": "habit:1", "PASARELA_INSECURE": "1", "PASARELA_AS": "iom/DPO"]
    #expect(try connection("").target == .dns(host: "one", port: 1))
    #expect(try connection("", two).target == .dns(host: "two", port: 1))
    #expect(try connection("--ctx three", two).target == .dns(host: "three", port: 1))
    #expect(try connection("--ctx three", habit).files == ["/three"])
    #expect(try connection("", habit).target == .dns(host: "habit", port: 1))
    #expect(try connection("", habit).files == [])
    // The environment's plaintext and identity are not for the context's server.
    #expect(try connection("", habit.merging(two) { $1 }).files == ["/two"])
    // A server that is named on the command line gets nothing of another's.
    #expect(try connection("--target x:1").files == [])
    #expect(try connection("--target x:1", two).files == [])
    #expect(try connection("--target x:1 --ctx two").files == ["/two"])
    #expect(try connection("--ctx two --tls-ca /mine").files == ["/mine"])
    #expect(throws: CommandFailure.self) { try connection("--ctx four") }
  }

  @Test(
    "a secret is not kept",
    arguments: [
      "authorization: Bearer abc", "X-Api-Key: k1", "x-session-id: sess-77", "cookie: a=b",
      "authorization: Bearer abc${X}", "my-token: ${X}y",
    ])
  func secrets(header: String) async throws {
    let run = await world().run(["ctx", "set", "a", "--target", "a:1", "-H", header])
    #expect(run.code == 2)
    #expect(run.errors.contains("${TOKEN}"), "\(run.errors)")
    let value = try #require(header.split(separator: ": ").last)
    #expect(!run.errors.contains(value))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("a secret is named by a variable or a file, and looked up at each call")
  func references() async throws {
    let secrets = folder.file("headers")
    try Data("authorization: Bearer from-file\n".utf8).write(to: URL(filePath: secrets))
    var world = world(["TOKEN": "from-variable"])
    world.files[secrets] = "authorization: Bearer from-file\n"
    _ = await world.run([
      "ctx", "set", "v", "--target", "a:1", "-H", "authorization: Bearer ${TOKEN}",
    ])
    _ = await world.run(["ctx", "set", "f", "--target", "a:1", "-H", "@\(secrets)"])
    #expect(await world.run("office show offices/xel --ctx v").code == 0)
    #expect(await world.run("office show offices/xel --ctx f").code == 0)
    #expect(
      world.server.asked.map { $0.metadata["authorization"] } == [
        "Bearer from-variable", "Bearer from-file",
      ])
    #expect(try !text().contains("from-"))
    world.environment["TOKEN"] = nil
    let unset = await world.run("office show offices/xel --ctx v")
    #expect(unset.code == 1)
    #expect(unset.errors.contains("TOKEN is not set"))
  }
}
