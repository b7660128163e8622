import ArgumentParser
import CallRecorder
import Crypto
import Protobuf
import SafeMobilityAPI

/// Whose messages a cassette has.
struct CassetteSchemaOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What the messages are of: what protoc --include_imports --descriptor_set_out writes. (default: the one in the \
      cassette, else the programme's)
      """, valueName: "FILE"))
  var protoset: String?

  /// The bytes of the file that was given; nil when none was.
  func descriptorSet() throws(CommandFailure) -> [UInt8]? {
    guard let protoset else { return nil }
    do {
      return try Surroundings.current.readFile(protoset)
    } catch {
      throw CommandFailure("cannot read \(protoset): check the path and who may read the file")
    }
  }

  /// What the messages of a cassette are of.
  func types(of cassette: Cassette) throws(CommandFailure) -> MethodTypes {
    if let given = try descriptorSet() {
      return try CassetteSchema.types(given, from: protoset ?? "")
    }
    let embedded = cassette.header?.fileDescriptorSet ?? []
    if !embedded.isEmpty { return try CassetteSchema.types(embedded, from: "the cassette") }
    return try CassetteSchema.programme()
  }
}

enum CassetteSchema {
  /// The types of a serialized `google.protobuf.FileDescriptorSet`.
  static func types(_ set: [UInt8], from source: String) throws(CommandFailure) -> MethodTypes {
    do {
      return MethodTypes(try RuntimeSchema(descriptorSet: set))
    } catch {
      throw CommandFailure("the schema in \(source) cannot be used: \(error)")
    }
  }

  /// The contract of the programme, as it was compiled in.
  static func programme() throws(CommandFailure) -> MethodTypes {
    do {
      return MethodTypes(
        try RuntimeSchema(
          SafeMobility.fileDescriptors.map {
            try GoogleProtobuf.FileDescriptorProto(serializedBytes: $0.serializedBytes)
          }))
    } catch {
      throw CommandFailure("the programme's own schema cannot be used: \(error)")
    }
  }

  /// What a cassette keeps of a schema that its readers may not have.
  static func embed(_ set: [UInt8], in header: inout CassetteFormat.CassetteHeader) {
    header.fileDescriptorSet = set
    header.descriptorSha256 = Array(SHA256.hash(data: set))
  }
}
