import ArgumentParser

/// What a store carries, alone and behind its server.
@main
struct StoreBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pasarela-store-bench",
    abstract: "Measures what stores carry; Tools/bench runs it and compares.",
    subcommands: [
      RatesCommand.self, FillCommand.self, BookingsCommand.self, ReadsCommand.self,
      StormCommand.self,
    ])
}
