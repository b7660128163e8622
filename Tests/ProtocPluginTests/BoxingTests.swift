import Protobuf
import ProtocPlugin
import Testing

/// Which messages get a box. The limit is 256 bytes; an `int64` counts 8, the unknown fields 8, and
/// a `string` 16.
@Suite struct BoxingTests {
  private typealias Field = GoogleProtobuf.FieldDescriptorProto

  private func isBoxed(_ types: [Field.Type_]) throws -> Bool {
    let request = GoogleProtobufCompiler.CodeGeneratorRequest.with {
      $0.fileToGenerate = ["sized.proto"]
      $0.protoFile = [
        .with {
          $0.name = "sized.proto"
          $0.syntax = "proto3"
          $0.messageType = [
            .with {
              $0.name = "Sized"
              $0.field = types.enumerated().map { index, type in
                .with {
                  $0.name = "f\(index)"
                  $0.number = Int32(index + 1)
                  $0.label = .optional
                  $0.type = type
                }
              }
            }
          ]
        }
      ]
    }
    let response = Plugin.respond(to: request)
    let file = try #require(response.file.first { $0.name == "sized.pb.swift" })
    return file.content?.contains("CopyOnWrite") ?? false
  }

  @Test("256 bytes of fields stay inline, 257 do not")
  func limit() throws {
    let full = Array(repeating: Field.Type_.int64, count: 31)
    #expect(try !isBoxed(full))
    #expect(try isBoxed(full + [.bool]))
  }

  @Test("strings count twice a number")
  func strings() throws {
    let full = Array(repeating: Field.Type_.string, count: 15) + [.int64]
    #expect(try !isBoxed(full))
    #expect(try isBoxed(full + [.bool]))
  }
}
