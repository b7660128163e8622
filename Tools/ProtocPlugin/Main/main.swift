// protoc-gen-pasarela: protoc starts it, writes a CodeGeneratorRequest to its standard input and
// reads a CodeGeneratorResponse from its standard output.
//
// An error in a schema goes into the response and exits 0, as plugin.proto asks; a request that
// cannot be read goes to standard error and exits 1.

import Foundation
import Protobuf
import ProtocPlugin

if CommandLine.arguments.contains("--help") || CommandLine.arguments.contains("-h") {
  print(Parameters.help)
  exit(0)
}

/// protoc is no stranger; a large schema may be larger than any message of a peer.
let limits = DecodingLimits(
  depthMax: 100, messageByteCountMax: 1 << 30, fieldCountMax: 1 << 26,
  arenaByteCountMax: 1 << 32)

do {
  let input = try FileHandle.standardInput.readToEnd() ?? Data()
  let request = try GoogleProtobufCompiler.CodeGeneratorRequest(
    serializedBytes: [UInt8](input), limits: limits)
  let response = Plugin.respond(to: request)
  try FileHandle.standardOutput.write(contentsOf: Data(try response.serializedBytes()))
} catch {
  FileHandle.standardError.write(Data("protoc-gen-pasarela: \(error)\n".utf8))
  exit(1)
}
