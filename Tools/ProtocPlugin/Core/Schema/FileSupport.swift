import Protobuf

/// What this plugin understands of the schema language, and what it says of the rest.
enum FileSupport {
  /// Refuses what no code is generated for.
  static func check(_ file: GoogleProtobuf.FileDescriptorProto) throws(PluginError) {
    let path = file.name ?? ""
    // A proto2 file may say so or say nothing; editions say "editions" here, whatever the year.
    switch file.syntax ?? "" {
    case "", "proto2", "proto3": break
    case "editions":
      throw .unsupported(
        file: path, construct: "editions are not supported; write syntax = \"proto3\"")
    case let other:
      throw .unsupported(file: path, construct: "syntax \"\(other)\" is not supported")
    }
    for message in file.messageType { try check(message, in: path, prefix: file.package ?? "") }
  }

  private static func check(
    _ message: GoogleProtobuf.DescriptorProto, in path: String, prefix: String
  ) throws(PluginError) {
    let name = prefix.isEmpty ? message.name ?? "" : "\(prefix).\(message.name ?? "")"
    if message.options?.messageSetWireFormat == true {
      throw .unsupported(
        file: path, construct: "message \(name): message_set_wire_format is not supported")
    }
    for field in message.field where field.type == .group {
      throw .unsupported(
        file: path,
        construct: "field \(name).\(field.name ?? ""): groups are not supported; use a message")
    }
    for nested in message.nestedType { try check(nested, in: path, prefix: name) }
  }

  /// The descriptor to embed. Comments are left out: they would double its size and be read by
  /// nobody at run time.
  static func serialize(
    _ file: GoogleProtobuf.FileDescriptorProto
  ) throws(PluginError) -> [UInt8] {
    var bare = file
    bare.sourceCodeInfo = nil
    do {
      return try bare.serializedBytes()
    } catch {
      throw .malformed("the descriptor of \(file.name ?? "") cannot be written: \(error)")
    }
  }
}
