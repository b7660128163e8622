import Foundation
import RPCCore
import RPCTransportHTTP2
import SafeMobilityClient
import Synchronization

@testable import CLI

/// One run of the command in this process: what it said, and how it ended.
struct CommandRun {
  var code: Int32
  var output: String
  var errors: String

  /// What a person would see, with what differs from run to run replaced.
  var transcript: String {
    var text = "exit \(code)\n"
    if !output.isEmpty { text += "--- standard output\n\(output)" }
    if !errors.isEmpty { text += "--- standard error\n\(errors)" }
    let id = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    return text.replacing(id, with: "00000000-0000-4000-8000-000000000000")
  }
}

/// The world around a run.
struct CommandWorld {
  var server = FakeServer()
  var environment = ["PASARELA_TARGET": "office.test:443", "PASARELA_INSECURE": "1"]
  var terminalWidth: Int?
  var files: [String: String] = [:]
  /// What carries the calls instead of a way to `server`.
  var transport: (any ClientTransport)?
  /// Connects as the program does, wherever the command line says.
  var isConnecting = false
  /// Standard input where it comes in pieces; else it is the file `-`.
  var pieces: Surroundings.Pieces?
  /// Is shown each result as it is written.
  var onOutput: @Sendable (String) -> Void = { _ in }

  /// Runs a command line, one word each.
  func run(_ arguments: [String]) async -> CommandRun {
    let output = Text()
    let errors = Text()
    let transport = transport ?? server.transport
    let files = files
    let onOutput = onOutput
    var surroundings = Surroundings(
      environment: environment, arguments: arguments, terminalWidth: terminalWidth,
      readFile: { path in
        guard let text = files[path] else { throw CocoaError(.fileNoSuchFile) }
        return Array(text.utf8)
      },
      write: {
        output.append($0)
        onOutput($0)
      },
      writeError: { errors.append($0) },
      connect: { connection in
        var identity: DevelopmentIdentity?
        if case .development(let caller) = connection.identity { identity = caller }
        return try SafeMobilityClient(
          transport: transport, identity: identity, purpose: connection.purpose,
          endUser: connection.endUser, configuration: .command)
      })
    if isConnecting { surroundings.connect = Surroundings.live.connect }
    surroundings.writeBytes = { output.append(String(decoding: $0, as: UTF8.self)) }
    let pieces = pieces ?? .init(once: Array((files["-"] ?? "").utf8))
    surroundings.standardInput = { pieces }
    let code = await Pasarela.run(in: surroundings)
    return CommandRun(code: code, output: output.value, errors: errors.value)
  }

  /// Runs a command line, its words separated by spaces.
  func run(_ line: String) async -> CommandRun {
    await run(line.split(separator: " ").map(String.init))
  }
}

private final class Text: Sendable {
  private let text = Mutex("")

  var value: String { text.withLock { $0 } }

  func append(_ more: String) { text.withLock { $0 += more } }
}
