import ArgumentParser

/// `pasarela ctx`: servers under names.
struct ContextNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ctx", abstract: "Keeps servers and how to call them under names.",
    discussion: """
      A context has what the options of a connection say: target, TLS or plaintext, identity, purpose, headers, \
      timeout. `--ctx NAME` or PASARELA_CONTEXT uses one, and `ctx use` makes one current: it is used where neither \
      the command line nor PASARELA_TARGET says which server. Options count more than a context, and where a context \
      says the server, the environment's target, TLS and identity are not looked at. For example:

        pasarela ctx set pilot --target office.example:7443 --tls-ca ca.pem
        pasarela ctx set acme --target acme.eu:443 -H 'authorization: Bearer ${T}'
        pasarela ctx use pilot
        pasarela ctx ls
        pasarela office list --ctx pilot

      They are in $PASARELA_CONFIG, else in pasarela/contexts.json of $XDG_CONFIG_HOME, which only you may read. \
      Keys and secrets are not: files and variables that have them are named.
      """,
    subcommands: [
      List.self, Show.self, Current.self, Use.self, SetContext.self, Remove.self,
    ], aliases: ["context"])

  /// The file.
  ///
  /// - Throws: ``CommandFailure`` where there can be none
  static func file(of surroundings: Surroundings) throws(CommandFailure) -> ContextFile {
    guard let file = ContextFile(of: surroundings) else {
      throw CommandFailure("nobody's home is known here: set HOME or PASARELA_CONFIG")
    }
    return file
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "Lists the contexts; * is the one that is used.",
      discussion: "For example:\n\n  pasarela ctx ls -o json", aliases: ["list"])

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let surroundings = Surroundings.current
      let saved = try ContextNoun.file(of: surroundings).read()
      let used = surroundings.variable("PASARELA_CONTEXT") ?? saved.current
      let sorted = saved.contexts.sorted { $0.key < $1.key }
      let rows = sorted.map { name, context in
        [
          name == used ? "*" : "", name, context.target, context.security,
          context.identity ?? context.tlsCert ?? "",
        ]
      }
      let table = Table(
        header: ["", "NAME", "TARGET", "SECURITY", "IDENTITY"],
        rows: rows.map { $0.map(Plain.cell) },
        widthMax: options.output == .wide ? nil : surroundings.terminalWidth,
        isHeaderBold: surroundings.isStyled)
      try Listing(
        lines: rows.isEmpty ? ["(none)"] : table.lines, names: sorted.map(\.key),
        tree: .array(sorted.map { $0.value.tree(named: $0.key, isCurrent: $0.key == used) })
      ).show(options.output, isStyled: true, in: surroundings)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows a context, by default the one that is used.",
      discussion: "For example:\n\n  pasarela ctx show pilot -o yaml")

    @Argument(help: "Its name.", completion: .custom(Candidates.contexts)) var name: String?
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let surroundings = Surroundings.current
      let file = try ContextNoun.file(of: surroundings)
      let saved = try file.read()
      let used = surroundings.variable("PASARELA_CONTEXT") ?? saved.current
      guard let name = name ?? options.ctx ?? used else { throw ContextNoun.noneIsCurrent }
      let context = try saved.named(name, in: file)
      let tree = context.tree(named: name, isCurrent: name == used)
      try Listing(lines: Table(rows: context.rows(named: name)).lines, names: [name], tree: tree)
        .show(options.output, in: surroundings)
    }
  }

  struct Current: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says which context is used; exits with 1 when none is.",
      discussion: "For example:\n\n  pasarela ctx current")

    func run() throws {
      let surroundings = Surroundings.current
      let file = try ContextNoun.file(of: surroundings)
      let saved = try file.read()
      guard let name = surroundings.variable("PASARELA_CONTEXT") ?? saved.current else {
        throw ContextNoun.noneIsCurrent
      }
      _ = try saved.named(name, in: file)
      surroundings.write(Plain.cell(name) + "\n")
    }
  }

  struct Use: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a context the one that is used, or --none.",
      discussion: "For example:\n\n  pasarela ctx use pilot")

    @Argument(help: "Its name.", completion: .custom(Candidates.contexts)) var name: String?
    @Flag(help: "From now on none is used that is not named.") var none = false

    func validate() throws {
      guard none != (name != nil) else { throw ValidationError("give a context's name, or --none") }
    }

    func run() throws {
      let surroundings = Surroundings.current
      let file = try ContextNoun.file(of: surroundings)
      try file.change { saved throws(CommandFailure) in
        if let name { _ = try saved.named(name, in: file) }
        saved.current = name
      }
      if let other = surroundings.variable("PASARELA_CONTEXT"), other != name {
        surroundings.writeError(
          "PASARELA_CONTEXT is set to \(Plain.cell(other)), and counts more\n")
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Forgets a context; files that it names stay.",
      discussion: "For example:\n\n  pasarela ctx rm acme", aliases: ["remove"])

    @Argument(help: "Its name.", completion: .custom(Candidates.contexts)) var name: String

    func run() throws {
      let file = try ContextNoun.file(of: Surroundings.current)
      try file.change { saved throws(CommandFailure) in
        _ = try saved.named(name, in: file)
        saved.contexts[name] = nil
        if saved.current == name { saved.current = nil }
      }
    }
  }

  private static let noneIsCurrent = CommandFailure(
    "no context is used\nNext: choose one: pasarela ctx ls, then pasarela ctx use NAME")
}

extension SavedContext {
  /// How the connection is made safe, in a word.
  var security: String {
    plaintext == true ? "plaintext" : tlsCert == nil ? "TLS" : "TLS, certificate"
  }

  /// Each value with the name of its option.
  fileprivate func rows(named name: String) -> [[String]] {
    let values: KeyValuePairs<String, String?> = [
      "name": name, "target": target, "security": security, "tls-ca": tlsCa, "tls-cert": tlsCert,
      "tls-key": tlsKey, "tls-server-name": tlsServerName, "as": identity, "purpose": purpose,
      "end-user": endUser, "timeout": timeout,
    ]
    return values.compactMap { label, value in value.map { [label, Plain.cell($0)] } }
      + (headers ?? []).map { ["header", Plain.cell($0)] }
  }

  fileprivate func tree(named name: String, isCurrent: Bool) -> JSONTree {
    .members([
      "name": .text(name), "current": .word(isCurrent ? "true" : "false"), "target": .text(target),
      "plaintext": plaintext.map { .word($0 ? "true" : "false") },
      "tlsCa": tlsCa.map(JSONTree.text),
      "tlsCert": tlsCert.map(JSONTree.text), "tlsKey": tlsKey.map(JSONTree.text),
      "tlsServerName": tlsServerName.map(JSONTree.text), "as": identity.map(JSONTree.text),
      "purpose": purpose.map(JSONTree.text), "endUser": endUser.map(JSONTree.text),
      "timeout": timeout.map(JSONTree.text),
      "headers": headers.map { .array($0.map(JSONTree.text)) },
    ])
  }
}
