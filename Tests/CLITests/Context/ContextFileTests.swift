import Foundation
import Glibc
import Testing
import Trials

@testable import CLI

/// The file of contexts: its owner's alone, whole at every moment, and left as it is when it cannot be read.
@Suite("The file of contexts") struct ContextFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.file("contexts.json") }

  private var world: CommandWorld {
    var world = CommandWorld(server: Sample.server())
    world.environment = ["PASARELA_CONFIG": path]
    return world
  }

  private func write(_ text: String, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private static let good = #"{"version": 1, "current": "a", "contexts": {"a": {"target": "a:1"}}}"#

  @Test(
    "a file that others can read or change is not used", arguments: [0o640, 0o604, 0o660, 0o622])
  func wideMode(mode: Int) async throws {
    let world = world
    try write(Self.good, mode: mode)
    for line in ["ctx ls", "office list", "ctx set a --target b:1"] {
      let run = await world.run(line)
      #expect(run.code == 1, "\(line)")
      #expect(run.errors.contains("(mode 0\(String(mode, radix: 8)))"), "\(run.errors)")
      #expect(run.errors.contains("chmod 600 \(path)"))
    }
    #expect(world.server.asked.isEmpty)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.good)
  }

  @Test(
    "another user's file is not used", .enabled(if: geteuid() == 0, "only root gives files away"))
  func otherOwner() async throws {
    try write(Self.good)
    // SAFETY: the path is read within the call.
    let given = unsafe chown(path, 12_345, 12_345)
    #expect(given == 0)
    let run = await world.run("office list")
    #expect(run.code == 1)
    #expect(run.errors.contains("belongs to another user (12345)"), "\(run.errors)")
  }

  @Test(
    "a file that is not whole is named, with the place, and left as it is",
    arguments: [
      ("", "it is no JSON"), ("{\"version\": 1, \"cont", "it is no JSON"),
      (#"{"contexts": {}}"#, "'version' is missing"),
      (#"{"version": 2, "contexts": {}}"#, "version 2 is not known here"),
      (#"{"version": 1, "contexts": {"a": {"target": 7}}}"#, "in contexts.a.target"),
      (
        #"{"version": 1, "contexts": {"a": {"target": "a:1", "proxy": "b"}}}"#,
        "'proxy' is not known"
      ),
      (#"{"version": 1, "contexts": {}, "more": 1}"#, "'more' is not known"),
    ])
  func corrupt(text: String, fault: String) async throws {
    try write(text)
    for line in ["ctx ls", "ctx set b --target b:1", "ctx use --none", "ctx rm a", "office list"] {
      let run = await world.run(line)
      #expect(run.code == 1, "\(line)")
      #expect(run.errors.contains(fault), "\(line): \(run.errors)")
      #expect(run.errors.contains("it was left as it is"))
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test(
    "a value that was written by hand and is none is named before anything is sent",
    arguments: [
      (#"{"target": "nowhere"}"#, "target 'nowhere'"),
      (#"{"target": "a:1", "timeout": "soon"}"#, "timeout 'soon'"),
      (#"{"target": "a:1", "plaintext": true, "tlsCa": "/ca"}"#, "one of them must go"),
      (#"{"target": "a:1", "tlsKey": "/key"}"#, "go together"),
      (#"{"target": "a:1", "as": "iom/DPO"}"#, "as goes with plaintext"),
      (#"{"target": "a:1", "headers": ["authorization: Basic abc"]}"#, "lets somebody in"),
    ])
  func faults(context: String, fault: String) async throws {
    let world = world
    try write(#"{"version": 1, "current": "a", "contexts": {"a": \#(context)}}"#)
    let run = await world.run("office list")
    #expect(run.code == 1)
    #expect(run.errors.contains("the context a cannot be used"), "\(run.errors)")
    #expect(run.errors.contains(fault), "\(run.errors)")
    #expect(world.server.asked.isEmpty)
  }

  @Test("changes at the same time are all kept")
  func together() async throws {
    let world = world
    await withTaskGroup(of: Int32.self) { group in
      for number in 0..<20 {
        group.addTask { await world.run("ctx set c\(number) --target a:\(number + 1)").code }
      }
      for await code in group { #expect(code == 0) }
    }
    let names = await world.run("ctx ls -o name")
    #expect(names.output.split(separator: "\n").count == 20)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(left) == ["contexts.json", "contexts.json.lock"])
  }

  @Test("a link to the file stays one, and the folders that are missing are their owner's alone")
  func places() async throws {
    var world = world
    world.environment = ["HOME": folder.path]
    #expect(await world.run("ctx set a --target a:1").code == 0)
    let made = folder.file(".config/pasarela")
    let attributes = try FileManager.default.attributesOfItem(atPath: made)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
    let link = folder.file("link.json")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: made + "/contexts.json")
    world.environment = ["PASARELA_CONFIG": link]
    #expect(await world.run("ctx set b --target b:1").code == 0)
    let kind = try FileManager.default.attributesOfItem(atPath: link)[.type] as? FileAttributeType
    #expect(kind == .typeSymbolicLink)
    world.environment = ["XDG_CONFIG_HOME": folder.file(".config")]
    #expect(await world.run("ctx ls -o name").output == "a\nb\n")
  }

  @Test("where the file cannot be changed it stays as it was")
  func unchangeable() async throws {
    try write(Self.good)
    try FileManager.default.createDirectory(
      atPath: path + ".lock", withIntermediateDirectories: false)
    let run = await world.run("ctx use --none")
    #expect(run.code == 1)
    #expect(run.errors.contains("cannot write \(path).lock"), "\(run.errors)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.good)
  }
}
