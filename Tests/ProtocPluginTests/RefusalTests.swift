import Protobuf
import ProtocPlugin
import Testing

/// Requests that cannot be answered: the response says why and carries no files.
@Suite struct RefusalTests {
  private typealias File = GoogleProtobuf.FileDescriptorProto
  private typealias Request = GoogleProtobufCompiler.CodeGeneratorRequest

  /// A request for one proto3 file with one message, spoilt by the caller.
  private func error(spoiling spoil: (inout Request) -> Void) -> String? {
    var request = Request.with {
      $0.fileToGenerate = ["bad.proto"]
      $0.protoFile = [
        File.with {
          $0.name = "bad.proto"
          $0.package = "bad.v1"
          $0.syntax = "proto3"
          $0.messageType = [
            .with {
              $0.name = "Bad"
              $0.field = [
                .with {
                  $0.name = "field"
                  $0.number = 1
                  $0.label = .optional
                  $0.type = .int32
                }
              ]
            }
          ]
        }
      ]
    }
    spoil(&request)
    let response = Plugin.respond(to: request)
    #expect(response.error == nil || response.file.isEmpty)
    return response.error
  }

  @Test("the unspoilt request is answered")
  func good() {
    #expect(error { _ in } == nil)
  }

  @Test("editions are refused by name")
  func editions() {
    #expect(
      error { $0.protoFile[0].syntax = "editions" }
        == "bad.proto: editions are not supported; write syntax = \"proto3\"")
  }

  @Test("a syntax from the future is refused")
  func futureSyntax() {
    #expect(
      error { $0.protoFile[0].syntax = "proto4" }
        == "bad.proto: syntax \"proto4\" is not supported")
  }

  @Test("editions are refused in an imported file too")
  func importedEditions() {
    let text = error { request in
      request.protoFile.insert(
        .with {
          $0.name = "imported.proto"
          $0.syntax = "editions"
        }, at: 0)
    }
    #expect(text?.hasPrefix("imported.proto: editions") == true)
  }

  @Test("a group is refused, and the field named")
  func groups() {
    let text = error {
      $0.protoFile[0].syntax = "proto2"
      $0.protoFile[0].messageType[0].field[0].type = .group
    }
    #expect(text == "bad.proto: field bad.v1.Bad.field: groups are not supported; use a message")
  }

  @Test("message_set_wire_format is refused")
  func messageSet() {
    let text = error {
      $0.protoFile[0].messageType[0].options = .with { $0.messageSetWireFormat = true }
    }
    #expect(text == "bad.proto: message bad.v1.Bad: message_set_wire_format is not supported")
  }

  @Test("an enum without values is refused")
  func emptyEnum() {
    let text = error { $0.protoFile[0].enumType = [.with { $0.name = "Empty" }] }
    #expect(text == "bad.proto: enum bad.v1.Empty has no values")
  }

  @Test("a field whose type is nowhere is refused")
  func unknownType() {
    let text = error {
      $0.protoFile[0].messageType[0].field[0].type = .message
      $0.protoFile[0].messageType[0].field[0].typeName = ".bad.v1.Lost"
    }
    #expect(text == "malformed request: type bad.v1.Lost is not in the request")
  }

  @Test("a field without a type is refused")
  func untyped() {
    #expect(
      error { $0.protoFile[0].messageType[0].field[0].type = nil }
        == "malformed request: field field has no type")
  }

  @Test("a type of field from the future is refused")
  func futureType() {
    let text = error { $0.protoFile[0].messageType[0].field[0].type = .unrecognized(99) }
    #expect(text?.hasPrefix("malformed request: ") == true)
  }

  @Test("a file to generate must be in the request")
  func missingFile() {
    #expect(
      error { $0.fileToGenerate = ["lost.proto"] }
        == "malformed request: lost.proto is to be generated but not in the request")
  }

  @Test("a member of a oneof that is not there is refused")
  func lostOneof() {
    let text = error { $0.protoFile[0].messageType[0].field[0].oneofIndex = 3 }
    #expect(text == "malformed request: field field is in oneof 3, which is not there")
  }

  @Test("a bad option is refused, and named as it was written")
  func badOption() {
    #expect(
      error { $0.parameter = "Visibility=open" }
        == "parameter 'Visibility=open': takes public, package or internal")
    #expect(
      error { $0.parameter = "Colour=red" }
        == "parameter 'Colour=red': unknown; see protoc-gen-pasarela --help")
  }
}
