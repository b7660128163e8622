import Protobuf
import ProtocPlugin
import Testing

/// Swift refuses a module with two files of one name.
@Suite struct OutputNameTests {
  private func names(of files: [String]) -> [String] {
    let request = GoogleProtobufCompiler.CodeGeneratorRequest.with {
      $0.fileToGenerate = files
      $0.protoFile = files.enumerated().map { index, file in
        .with {
          $0.name = file
          $0.package = "p\(index)"
          $0.syntax = "proto3"
        }
      }
    }
    return Plugin.respond(to: request).file.compactMap(\.name).filter { !$0.contains("/P") }
  }

  @Test("a file is called after its schema and stays in its folder")
  func unique() {
    #expect(names(of: ["a/v1/b.proto", "a/c.proto"]) == ["a/v1/b.pb.swift", "a/c.pb.swift"])
  }

  @Test("files of one name have the folders' names in front")
  func ambiguous() {
    #expect(
      names(of: ["a/v1/b.proto", "a/v2/b.proto", "a/c.proto"])
        == ["a/v1/a_v1_b.pb.swift", "a/v2/a_v2_b.pb.swift", "a/c.pb.swift"])
  }
}
