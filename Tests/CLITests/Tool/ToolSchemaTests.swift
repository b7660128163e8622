import ArgumentParser
import Foundation
import Protobuf
import Testing

@testable import CLI

/// Where schemas come from, and how they are shown.
@Suite("The tool's schemas", .timeLimit(.minutes(2))) struct ToolSchemaTests {
  private static let protos = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Support/KitchenSink/Protos").path

  private static let world: CommandWorld = {
    var world = CommandWorld()
    world.isConnecting = true
    world.environment = [:]
    return world
  }()

  @Test("services and methods are listed, from whichever source")
  func lists() async throws {
    try await KitchenServer.serve(.byTheOldVersionOnly) { address in
      let services = await Self.world.run(["ls", "-plaintext", address])
      #expect(
        services.output == """
          grpc.health.v1.Health
          grpc.reflection.v1.ServerReflection
          grpc.reflection.v1alpha.ServerReflection
          kitchen.v1.Kitchen

          """, "\(services.errors)")
      let methods = await Self.world.run(["list", "-plaintext", address, "kitchen.v1.Kitchen"])
      let listed = """
        kitchen.v1.Kitchen/Cook
        kitchen.v1.Kitchen/CookAll  client streaming
        kitchen.v1.Kitchen/Watch    server streaming
        kitchen.v1.Kitchen/Talk     bidirectional streaming
        kitchen.v1.Kitchen/Rest
        kitchen.v1.Kitchen/Warm

        """
      #expect(methods.output == listed, "\(methods.errors)")
      let files = await Self.world.run([
        "ls", "-proto", "kitchen_sink.proto", "-import-path", Self.protos, "Kitchen",
      ])
      #expect(files.output == listed, "\(files.errors)")
      let json = await Self.world.run(["ls", "-plaintext", address, "Kitchen", "-o", "json"])
      let rows = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: String]])
      #expect(rows.count == 6)
      #expect(
        rows[1] == [
          "method": "kitchen.v1.Kitchen/CookAll", "kind": "client streaming",
          "request": "kitchen.v1.Leaf", "response": "kitchen.v1.Tree",
        ])
    }
  }

  @Test("a server that tells no schema is called by .proto files, and else there is advice")
  func withoutReflection() async throws {
    try await KitchenServer.serve(.notAtAll) { address in
      let refused = await Self.world.run(["ls", "-plaintext", address])
      #expect(refused.code == 76)
      #expect(refused.errors.contains("-protoset"))
      let call = await Self.world.run(["call", "-plaintext", address, "Cook"])
      #expect(call.code == 76)
      let byFile = await Self.world.run([
        "call", "-plaintext", "-proto", "kitchen_sink.proto", "-import-path", Self.protos, "-d",
        #"{"name": "soup"}"#, "-o", "value=label", address, "Cook",
      ])
      #expect(byFile.output == "soup\n", "\(byFile.errors)")
      let compiled = await Self.world.run([
        "call", "-plaintext", address, "grpc.health.v1.Health/Check", "-o", "value=status",
      ])
      #expect(compiled.output == "SERVING\n", "\(compiled.errors)")
    }
  }

  @Test("a descriptor set is a schema, and other files are none")
  func descriptorSets() async throws {
    let set = try ProtoCompiler.descriptorSet(
      of: ["kitchen_sink.proto"], importPaths: [Self.protos])
    let schema = try ToolSchema(descriptorSets: [("set", set)])
    #expect(schema.services == ["kitchen.v1.Kitchen"])
    #expect(throws: CommandFailure.self) {
      try ToolSchema(descriptorSets: [("set", Array("no set".utf8))])
    }
    let run = await Self.world.run(["ls", "-protoset", "/no/such/file"])
    #expect(run.code == 1)
    #expect(run.errors.contains("cannot read /no/such/file"))
  }

  @Test("what protoc says of bad files is passed on")
  func badFiles() async throws {
    let run = await Self.world.run(["ls", "-proto", "no_such.proto", "-import-path", Self.protos])
    #expect(run.code == 1)
    #expect(run.errors.contains("no_such.proto"), "\(run.errors)")
    let both = await Self.world.run(["ls", "-proto", "a.proto", "-protoset", "b"])
    #expect(both.code == 2)
  }

  @Test(
    "what describe prints of a file is that file: protoc makes the same descriptors of it",
    arguments: ["kitchen_sink.proto", "legacy.proto", "odd.proto"])
  func roundTrip(name: String) async throws {
    let described = await Self.world.run([
      "describe", "-proto", name, "-import-path", Self.protos, name,
    ])
    #expect(described.code == 0, "\(described.errors)")
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(described.output.utf8).write(to: folder.appending(path: name))
    func files(_ path: String) throws -> [GoogleProtobuf.FileDescriptorProto] {
      let set = try GoogleProtobuf.FileDescriptorSet(
        serializedBytes: ProtoCompiler.descriptorSet(of: [name], importPaths: [path]))
      return set.file.map { file in
        var file = file
        file.sourceCodeInfo = nil
        return file
      }
    }
    #expect(try files(folder.path) == files(Self.protos), "\(described.output)")
  }

  @Test("parts are described by the end of their name, with what was written above them")
  func describes() async throws {
    let run = await Self.world.run([
      "describe", "-proto", "kitchen_sink.proto", "-import-path", Self.protos, "Kitchen/Warm",
    ])
    #expect(
      run.output == """
        // kitchen.v1.Kitchen.Warm, in kitchen_sink.proto
        // Use Cook.
        rpc Warm(kitchen.v1.Leaf) returns (kitchen.v1.Tree) {
          option deprecated = true;
        }

        """, "\(run.errors)")
    let compiled = await Self.world.run(["describe", "OfficeService/GetOffice"])
    #expect(
      compiled.output.contains(
        "rpc GetOffice(safemobility.v1.GetOfficeRequest) returns (safemobility.v1.GetOfficeResponse) {"
      ),
      "\(compiled.output)\(compiled.errors)")
    #expect(compiled.output.contains("option (safemobility.v1.access) = {"))
    let nothing = await Self.world.run(["describe", "NoSuchThing"])
    #expect(nothing.code == 1)
    let several = await Self.world.run(["describe", "name"])
    #expect(several.code == 2)
  }

  @Test("explain says type, number, class of data and rules, and follows fields")
  func explains() async throws {
    let field = await Self.world.run(["explain", "Registration.program"])
    #expect(field.code == 0, "\(field.errors)")
    #expect(field.output.contains("field    safemobility.v1.Registration.program"))
    #expect(field.output.contains("type     string"))
    #expect(field.output.contains("(safemobility.v1.data_class) = DATA_CLASS_OPERATIONAL"))
    #expect(field.output.contains("resource: [\"programs/*\"]"), "\(field.output)")
    let deep = await Self.world.run([
      "explain", "CreateRegistrationRequest.principal.birth_date.year",
    ])
    #expect(deep.output.contains("field    safemobility.v1.CivilDate.year"), "\(deep.errors)")
    let comment = await Self.world.run([
      "explain", "-proto", "kitchen_sink.proto", "-import-path", Self.protos, "Tree.parent",
    ])
    #expect(comment.output.contains("Itself, directly."), "\(comment.output)")
    let unknown = await Self.world.run(["explain", "Registration.no_such"])
    #expect(unknown.code == 1)
    let yaml = await Self.world.run(["explain", "Registration.program", "-o", "yaml"])
    #expect(yaml.output.hasPrefix("field: safemobility.v1.Registration.program\ntype: string\n"))
  }

  @Test("a message goes through every form and back")
  func converts() async throws {
    func convert(_ from: String, _ to: String, _ text: String) async -> CommandRun {
      var world = Self.world
      world.files["-"] = text
      return await world.run(["convert", "GetOfficeRequest", "--from", from, "--to", to])
    }
    let hex = await convert("json", "hex", #"{"name": "offices/é"}"#)
    #expect(hex.output == "0a0a6f6666696365732fc3a9\n", "\(hex.errors)")
    #expect(await convert("hex", "base64", hex.output).output == "CgpvZmZpY2VzL8Op\n")
    let binary = await convert("base64", "binary", "CgpvZmZpY2VzL8Op\n")
    #expect(binary.output == "\n\noffices/é")
    #expect(
      await convert("binary", "json", binary.output).output == "{\n  \"name\": \"offices/é\"\n}\n")
    for (form, text) in [("hex", "0a0"), ("hex", "0aff"), ("base64", "*"), ("json", "{")] {
      let run = await convert(form, "json", text)
      #expect(run.code == 1, "\(form) \(text)")
      #expect(run.output.isEmpty)
    }
  }
}

/// What the help says.
@Suite struct ToolHelpTests {
  private static let commands: [any ParsableCommand.Type] = [
    CallCommand.self, ListCommand.self, DescribeCommand.self, ExplainCommand.self,
    ConvertCommand.self, HealthCommand.self, PingCommand.self, DoctorCommand.self,
    CompletionCommand.self, ContextNoun.List.self, ContextNoun.Show.self, ContextNoun.Current.self,
    ContextNoun.Use.self, ContextNoun.Remove.self, SetContext.self,
  ]

  @Test("each verb of the tool has examples, which are command lines that it takes")
  func examples() async throws {
    for command in Self.commands {
      let lines = command.configuration.discussion.split(separator: "\n")
        .map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("pasarela ") }
      #expect(!lines.isEmpty, "\(command)")
      for line in lines {
        // Where a shell puts the output is not for the parser.
        let own = line.split(separator: " > ")[0]
        let words = try #require(ShellWords.split(String(own)), "\(line)")
        let parsed = try await Pasarela.asyncParseAsRoot(
          GrpcurlFlags.replaced(in: Array(words.dropFirst())))
        #expect(type(of: parsed) == command, "\(line)")
        // Indented by two, it stands on one line of a narrow terminal.
        #expect(line.count <= 78, "\(line)")
      }
    }
  }
  @Test("the examples of contexts are command lines that are taken")
  func contextExamples() async throws {
    let lines = ContextNoun.configuration.discussion.split(separator: "\n")
      .map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("pasarela ") && $0.count <= 78 }
    #expect(lines.count == 5)
    for line in lines {
      let words = try #require(ShellWords.split(String(line)), "\(line)")
      _ = try await Pasarela.asyncParseAsRoot(Array(words.dropFirst()))
    }
  }
}
