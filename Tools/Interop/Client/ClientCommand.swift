import ArgumentParser
import Foundation
import RPCTransportHTTP2

/// `pasarela-interop client`.
struct ClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "client",
    abstract: "Runs the standard interoperability cases against a server.",
    discussion: """
      Prints `PASS name` or `FAIL name: why` for each case; the exit code is 1 when one failed.
      """)

  @Option(help: "HOST:PORT, unix:PATH, or another target as gRPC writes them.")
  var target: TargetArgument

  @Option(help: "A case by its name, or all.")
  var testCase: CasesArgument

  @Option(help: "The authorities the server's certificate must come from, PEM; without: plaintext.")
  var tlsCa: String?

  @Option(help: "The client's own certificate, PEM.")
  var tlsCert: String?

  @Option(help: "The private key of the client's certificate, PEM.")
  var tlsKey: String?

  @Option(help: "The name the server's certificate must carry; without: the target's host.")
  var serverName: String?

  func validate() throws {
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together")
    }
    guard tlsCa != nil || (tlsCert == nil && serverName == nil) else {
      throw ValidationError("--tls-cert, --tls-key and --server-name need --tls-ca")
    }
  }

  private var tls: ClientTLSConfiguration? {
    guard let tlsCa else { return nil }
    return ClientTLSConfiguration(
      trustRootsPath: tlsCa, certificatePath: tlsCert, privateKeyPath: tlsKey,
      serverName: serverName)
  }

  func run() async throws {
    let peer = Peer(target: target.target, tls: tls)
    var allPassed = true
    for each in testCase.cases {
      let (passed, line) = await each.verdict(on: peer)
      FileHandle.standardOutput.write(Data("\(line)\n".utf8))
      allPassed = allPassed && passed
    }
    await peer.channel.close()
    guard allPassed else { throw ExitCode.failure }
  }
}

/// A server to call.
struct TargetArgument: ExpressibleByArgument {
  let target: ChannelTarget

  init?(argument: String) {
    guard let target = ChannelTarget(argument) else { return nil }
    self.target = target
  }
}

/// Cases to run.
struct CasesArgument: ExpressibleByArgument {
  let cases: [StandardCase]

  init?(argument: String) {
    cases = StandardCase.all.filter { argument == "all" || argument == $0.name }
    if cases.isEmpty { return nil }
  }

  static var allValueStrings: [String] { ["all"] + StandardCase.all.map(\.name) }
}
