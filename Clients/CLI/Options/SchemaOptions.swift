import ArgumentParser

/// Where the schema of a server comes from, when the server is not to be asked for it.
struct SchemaOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A .proto file with the schema, compiled by the protoc on this machine. Can be repeated.",
      valueName: "FILE"))
  var proto: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where .proto files and what they import are looked for. Can be repeated. (default: .)",
      valueName: "DIR"))
  var importPath: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file with the schema as `protoc --descriptor_set_out --include_imports` writes it. Can be repeated.",
      valueName: "FILE"))
  var protoset: [String] = []

  /// Whether files say what the schema is.
  var areGiven: Bool { !proto.isEmpty || !protoset.isEmpty }

  func validate() throws {
    guard proto.isEmpty || protoset.isEmpty else {
      throw ValidationError("give -proto or -protoset, not both")
    }
    guard importPath.isEmpty || !proto.isEmpty else {
      throw ValidationError("-import-path says where the files of -proto are: give -proto too")
    }
  }

  /// The schema that the files say.
  ///
  /// - Throws: ``CommandFailure`` for files that cannot be read, and for schemas that are none
  func read(in surroundings: Surroundings) throws(CommandFailure) -> ToolSchema {
    let sets =
      proto.isEmpty
      ? try protoset.map { (path) throws(CommandFailure) in (path, try bytes(path, surroundings)) }
      : [("the schema", try ProtoCompiler.descriptorSet(of: proto, importPaths: importPath))]
    return try ToolSchema(descriptorSets: sets)
  }

  private func bytes(
    _ path: String, _ surroundings: Surroundings
  ) throws(CommandFailure) -> [UInt8] {
    do {
      return try surroundings.readFile(path)
    } catch {
      throw CommandFailure("cannot read \(path): check the path and who may read the file")
    }
  }
}
