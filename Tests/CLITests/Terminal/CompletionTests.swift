import ArgumentParser
import Foundation
import RPCTransportHTTP2
import Testing
import Trials

@testable import CLI

/// Completion, by the shells themselves.
@Suite("Completion", .timeLimit(.minutes(5))) struct CompletionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("pasarela"), withDestinationPath: Terminal.program)
  }

  private var environment: [String: String] {
    [
      "PATH": "\(folder.path):/usr/bin:/bin", "HOME": folder.path,
      "PASARELA_CONFIG": folder.file("contexts.json"),
    ]
  }

  /// What a person sees who types a line and a tab, in bash as it is without any of its settings.
  private func bash(_ line: String, until: String) async throws -> Terminal.Run {
    let ready =
      "PS1='rea''dy> '; bind 'set enable-bracketed-paste off'; source <(pasarela completion bash)\r"
    return try await Terminal.run(
      ["bash", "--norc", "--noprofile", "-i"], columns: 120,
      steps: [.type(ready), .until("ready> "), .type(line + "\t"), .until(until)],
      environment: environment)
  }

  private func context(_ words: String) async {
    var world = CommandWorld()
    world.environment = environment
    let run = await world.run("ctx set " + words)
    #expect(run.code == 0, "\(run.errors)")
  }

  @Test(
    "bash completes verbs, options, methods of the compiled schema, and contexts",
    arguments: [
      ("pasarela doc", "pasarela doctor "), ("pasarela ctx us", "pasarela ctx use "),
      (
        "pasarela call safemobility.v1.OfficeService/GetOff",
        "safemobility.v1.OfficeService/GetOffice "
      ),
      ("pasarela call OfficeService/GetOff", "OfficeService/GetOffice "),
      ("pasarela ls safemobility.v1.Off", "safemobility.v1.OfficeService "),
      ("pasarela describe GetIntakeStatusReq", "GetIntakeStatusRequest "),
      ("pasarela ctx use pil", "pasarela ctx use pilot "),
      ("pasarela office list --ctx pil", "--ctx pilot "),
      ("pasarela completion z", "pasarela completion zsh "),
    ])
  func bash(line: String, completed: String) async throws {
    await context("pilot --target unix:/nowhere")
    let run = try await bash(line, until: completed)
    #expect(run.seen.contains(completed), "\(run.seen)")
  }

  @Test("bash completes the methods of the server that the line names, by reflection")
  func reflection() async throws {
    try await KitchenServer.serve { address in
      let run = try await bash(
        "pasarela call -plaintext \(address) kitchen.v1.Kitchen/CookA",
        until: "kitchen.v1.Kitchen/CookAll ")
      #expect(run.seen.contains("kitchen.v1.Kitchen/CookAll "), "\(run.seen)")
      await context("kitchen --target \(address) --insecure --use")
      let current = try await bash("pasarela call Kitchen/Tal", until: "Kitchen/Talk ")
      #expect(current.seen.contains("Kitchen/Talk "), "\(current.seen)")
    }
  }

  /// What shells that draw their own lines are asked, and what they must add to it.
  private static let lines = [
    ("pasarela call OfficeService/UpdateSched", "ule"), ("pasarela ctx use xylo", "phone"),
    ("pasarela doc", "tor"),
  ]

  @Test("zsh completes", arguments: lines)
  func zsh(line: String, added: String) async throws {
    await context("xylophone --target unix:/nowhere")
    let script = await CommandWorld().run("completion zsh")
    try Data(script.output.utf8).write(to: URL(filePath: folder.file("_pasarela")))
    let ready = """
      PROMPT='rea''dy> '; fpath=(\(folder.path) $fpath); autoload -Uz compinit; compinit -u -D\r
      """
    let run = try await Terminal.run(
      ["zsh", "-f", "-i"], columns: 160,
      steps: [.type(ready), .until("ready> "), .type(line + "\t"), .until(added)],
      environment: environment)
    #expect(!run.isUnanswered, "\(run.seen)")
  }

  @Test("fish completes", arguments: lines)
  func fish(line: String, added: String) async throws {
    await context("xylophone --target unix:/nowhere")
    let ready = "function fish_prompt; echo 'rea''dy> '; end; pasarela completion fish | source\r"
    let run = try await Terminal.run(
      ["fish", "--no-config", "-i"], columns: 160,
      steps: [.type(ready), .until("ready> "), .type(line + "\t"), .until(added + " ")],
      environment: environment)
    #expect(!run.isUnanswered, "\(run.seen)")
  }

  @Test("what is typed says which server, also when bash has taken its words apart")
  func words() throws {
    let broken = ["pasarela", "call", "-plaintext", "localhost", ":", "50051", "Kit"]
    let typed = try TypedWords(broken, typing: 6, areBroken: true)
    #expect(typed.isServerNamed)
    #expect(typed.options.target?.target.description == "localhost:50051")
    #expect(typed.options.insecure)
    let equal = ["pasarela", "ls", "--target", "=", "a", ":", "1", "-d", "{\"a\"", ":", "1}", ""]
    let second = try TypedWords(equal, typing: 11, areBroken: true)
    #expect(second.options.target?.target.description == "a:1")
    let none = try TypedWords(["pasarela", "call", "a:1"], typing: 2, areBroken: false)
    #expect(!none.isServerNamed)
    let headers = try TypedWords(
      ["pasarela", "call", "-H", "x-team: 1", "--ctx", "pilot", "A"], typing: 6, areBroken: false)
    #expect(headers.headers.header == ["x-team: 1"])
    #expect(headers.options.ctx == "pilot")
    #expect(!headers.isServerNamed)
  }

  @Test(
    "a server that does not answer holds nobody up, and another's methods are not offered for it")
  func silence() async throws {
    let server = try ServerProcess(
      at: Terminal.python, [Terminal.tests.appending(path: "Python/silent_server.py").path])
    let address = try server.waitUntilListening()
    var world = CommandWorld()
    world.isConnecting = true
    world.environment = environment
    let start = ContinuousClock.now
    let run = await world.run([
      "---completion", "call", "--", "positional@0", "4", "3", "pasarela", "call", "-plaintext",
      address, "Off",
    ])
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output == " \n", "\(run.output)")
    #expect(start.duration(to: .now) < .seconds(10))
    server.kill()
  }
}
