import ArgumentParser

/// What the verbs of the tool take besides the options of every verb.
struct ToolOptions: ParsableArguments {
  @OptionGroup(title: "Schema") var schema: SchemaOptions
  @OptionGroup(title: "Metadata") var headers: HeaderOptions

  /// Where to look for what is asked about.
  func search(_ words: ServerWords) -> SchemaSearch {
    SchemaSearch(files: schema, isServerNamed: words.target != nil)
  }

  /// How to reach the server; nil when nobody said where it is.
  ///
  /// - Throws: ``CommandFailure`` when the context to be used cannot be had
  func server(
    _ words: ServerWords, _ options: GlobalOptions, in surroundings: Surroundings
  ) throws(CommandFailure) -> (() throws -> ToolServer)? {
    let options = options.at(words.target)
    guard try options.hasTarget(in: surroundings) else { return nil }
    return { try ToolServer(options, headers, in: surroundings) }
  }
}

/// Results that are lines for people, and trees for programs.
struct Listing {
  /// The lines for people.
  var lines: [String]
  /// The names alone.
  var names: [String] = []
  /// The same for programs.
  var tree: JSONTree

  /// Writes it to standard output; lines unless another form was asked for.
  ///
  /// - Parameter isStyled: whether the lines are bold or coloured here and there, and so without controls of others
  /// - Throws: `ValidationError` for a form that it does not have
  func show(
    _ format: OutputFormat?, isStyled: Bool = false, in surroundings: Surroundings
  ) throws {
    switch format {
    case nil, .table, .wide:
      surroundings.write(lines.map { (isStyled ? $0 : Plain.line($0)) + "\n" }.joined())
    case .json: surroundings.write(tree.json + "\n")
    case .yaml: surroundings.write(tree.yaml + "\n")
    case .name where !names.isEmpty:
      surroundings.write(names.map { Plain.cell($0) + "\n" }.joined())
    case .name, .value: throw ValidationError("this is shown as table, wide, json or yaml only")
    }
  }
}
