import ArgumentParser
import RPCTransportHTTP2

/// `pasarela-interop load`.
struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract:
      "Makes unary calls of anchor.v1.Echo on one channel and says what they cost this side.",
    discussion: "After a second of warm-up. Prints: calls COUNT seconds TIME cpu_seconds TIME.")

  @Option(help: "HOST:PORT, unix:PATH, or another target as gRPC writes them; plaintext.")
  var target: TargetArgument

  @Option(help: "Calls at once.")
  var concurrency = 64

  @Option(help: "Seconds that are counted.")
  var duration = 5

  func validate() throws {
    guard concurrency > 0, duration > 0 else {
      throw ValidationError("--concurrency and --duration are at least 1")
    }
  }

  func run() async throws {
    let channel = HTTP2Channel(target: target.target)
    let load = Load(channel: channel, concurrency: concurrency, duration: .seconds(duration))
    print(try await load.run())
    await channel.close()
  }
}
