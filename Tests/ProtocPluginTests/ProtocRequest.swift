import Foundation
import Protobuf
import Testing

/// A request as protoc would send it, for schemas in the folder of the golden files.
enum ProtocRequest {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  /// Compiles the files with the installed protoc and wraps them up for the plugin.
  static func make(
    _ files: [String], parameter: String = ""
  ) throws -> GoogleProtobufCompiler.CodeGeneratorRequest {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "protoc", "-I", folder.path, "-I", "/usr/include", "--include_imports",
        "--include_source_info", "--descriptor_set_out=/dev/stdout",
      ] + files
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "protoc refuses \(files)")
    let set = try GoogleProtobuf.FileDescriptorSet(serializedBytes: [UInt8](bytes))
    return GoogleProtobufCompiler.CodeGeneratorRequest.with {
      $0.fileToGenerate = files
      $0.parameter = parameter
      $0.protoFile = set.file
    }
  }
}
