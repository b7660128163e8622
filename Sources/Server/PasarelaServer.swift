import ArgumentParser

/// `pasarela-server`: the programme's calls, served from one store.
struct PasarelaServer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pasarela-server",
    abstract: "Serves the Safe Mobility programme's calls over gRPC.",
    discussion: """
      Prints `listening on HOST:PORT` for each listener when it accepts calls. SIGTERM or SIGINT \
      ends it gracefully.
      """,
    subcommands: [
      Serve.self, Load.self, StoreCommand.self, PresenceKeyCommand.self, PolicyCommand.self,
    ],
    defaultSubcommand: Serve.self)
}
