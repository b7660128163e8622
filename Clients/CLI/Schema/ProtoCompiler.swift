import Foundation

/// The `protoc` of this machine, which alone reads .proto files.
enum ProtoCompiler {
  /// A serialized `google.protobuf.FileDescriptorSet` of some files and all that they import, with comments.
  ///
  /// - Parameters:
  ///   - files: paths, from here or from one of the import paths
  ///   - importPaths: where imports are looked for; none for the current folder
  /// - Throws: ``CommandFailure`` when there is no protoc, or it refuses the files
  static func descriptorSet(
    of files: [String], importPaths: [String]
  ) throws(CommandFailure) -> [UInt8] {
    let output = FileManager.default.temporaryDirectory
      .appending(path: "pasarela-\(UUID().uuidString).protoset")
    defer { try? FileManager.default.removeItem(at: output) }
    let paths = importPaths.isEmpty ? ["."] : importPaths
    let arguments =
      ["protoc"] + paths.map { "--proto_path=\($0)" }
      + ["--include_imports", "--include_source_info", "--descriptor_set_out=\(output.path)"]
      + files
    let errors = Pipe()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = errors
    do {
      try process.run()
      let said = try errors.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      try check(process.terminationStatus, String(decoding: said, as: UTF8.self))
      return Array(try Data(contentsOf: output))
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure("cannot run protoc: \(error.localizedDescription)")
    }
  }

  private static func check(_ status: Int32, _ said: String) throws(CommandFailure) {
    switch status {
    case 0: return
    // What `env` ends with when there is no such program.
    case 127:
      throw CommandFailure(
        """
        there is no protoc on this machine, which -proto needs: install it (Debian: apt-get install \
        protobuf-compiler), or give a descriptor set with -protoset, or let the server be asked by reflection
        """)
    default:
      let lines = said.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
      throw CommandFailure("protoc refuses the files:\n\(Plain.line(lines))")
    }
  }
}
