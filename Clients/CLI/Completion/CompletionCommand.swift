import ArgumentParser

/// `pasarela completion`: what a shell needs to complete command lines.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Prints what completes command lines in a shell.",
    discussion: """
      Besides verbs and options it completes contexts, the methods, services and types of the server that the command \
      line, the context or PASARELA_TARGET says, and names of offices, partners and pathways. A server has a second to \
      answer; without one it is the compiled schema's. To have it now, or in each new shell:

        source <(pasarela completion bash)
        pasarela completion bash > ~/.local/share/bash-completion/completions/pasarela
        pasarela completion zsh > ~/.zfunc/_pasarela
        pasarela completion fish > ~/.config/fish/completions/pasarela.fish

      For zsh, fpath must have the folder before compinit: fpath=(~/.zfunc $fpath).
      """)

  /// A shell that can.
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    /// The parser's name of it.
    var completions: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(help: "bash, zsh or fish.") var shell: Shell

  func run() {
    Surroundings.current.write(Pasarela.completionScript(for: shell.completions) + "\n")
  }
}
