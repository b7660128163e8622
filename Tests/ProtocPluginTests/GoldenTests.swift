import Foundation
import Protobuf
import ProtocPlugin
import Testing

/// What the plugin writes, held against files that people have read.
///
/// `UPDATE_GOLDEN=1 swift test --filter ProtocPluginTests` rewrites them.
@Suite struct GoldenTests {
  /// One schema and the options it is generated with.
  struct Case: CustomTestStringConvertible {
    var schema: String
    var parameter: String
    var testDescription: String { schema }
  }

  static let cases = [
    Case(schema: "comments", parameter: "Visibility=internal"),
    Case(schema: "fields", parameter: ""),
    Case(schema: "large", parameter: ""),
    Case(schema: "proto2", parameter: "Visibility=package,Namespace=golden.proto2:Classics"),
    Case(schema: "scopes", parameter: "Namespace=golden.scopes:Chambers"),
    Case(schema: "services", parameter: "Module=Doors"),
  ]

  @Test("the plugin writes what the golden file says", arguments: cases)
  func matches(example: Case) throws {
    let request = try ProtocRequest.make(
      ["\(example.schema).proto"], parameter: example.parameter)
    let response = Plugin.respond(to: request)
    try #require(response.error == nil)
    let written = response.file.map { file in
      "// ==== \(file.name ?? "") ====\n\(file.content ?? "")"
    }.joined()

    let golden = ProtocRequest.folder.appending(path: "\(example.schema).golden")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(written.utf8).write(to: golden)
    }
    let expected = String(decoding: try Data(contentsOf: golden), as: UTF8.self)
    let difference = firstDifference(written, expected)
    #expect(difference == nil, "UPDATE_GOLDEN=1 rewrites \(example.schema).golden")
  }

  @Test("the same request gives the same files")
  func deterministic() throws {
    let request = try ProtocRequest.make(Self.cases.map { "\($0.schema).proto" })
    let first = Plugin.respond(to: request)
    #expect(first.file.count > Self.cases.count)
    for _ in 1...3 { #expect(Plugin.respond(to: request) == first) }
  }

  @Test("a file is written the same, alone or in company")
  func independent() throws {
    let all = Plugin.respond(to: try ProtocRequest.make(Self.cases.map { "\($0.schema).proto" }))
    for example in Self.cases {
      let alone = Plugin.respond(to: try ProtocRequest.make(["\(example.schema).proto"]))
      #expect(!alone.file.isEmpty)
      for file in alone.file { #expect(all.file.contains(file), "\(file.name ?? "")") }
    }
  }

  @Test("proto3 optional is announced, so that protoc lets it through")
  func features() {
    #expect(Plugin.respond(to: .init()).supportedFeatures == 1)
  }

  /// The first line that differs, so that a failure is readable.
  private func firstDifference(_ written: String, _ expected: String) -> String? {
    let left = written.split(separator: "\n", omittingEmptySubsequences: false)
    let right = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, (one, other)) in zip(left, right).enumerated() where one != other {
      return "line \(index + 1): wrote '\(one)', expected '\(other)'"
    }
    return left.count == right.count ? nil : "wrote \(left.count) lines, expected \(right.count)"
  }
}
