import Testing

@Suite("Import rule")
struct ImportRuleTests {
  /// What must not pass: file, import line, and words the answer must have: the rule and the way out.
  struct Wrong: Sendable, CustomTestStringConvertible {
    var path: String
    var line: String
    var says: [String]
    var testDescription: String { "\(path): \(line)" }
  }

  static let wrong = [
    Wrong(
      path: "Sources/Program/Domain/A.swift", line: "import Foundation",
      says: ["floor 1: Domain may import the standard library only", "as a parameter"]),
    Wrong(
      path: "Sources/Program/Domain/A.swift", line: "import Synchronization", says: ["floor 1"]),
    Wrong(
      path: "Sources/Program/Domain/A.swift", line: "public import Protobuf",
      says: ["messages are not the domain"]),
    Wrong(
      path: "Sources/Runtime/RPCCore/Deep/A.swift", line: "import struct Foundation.Data",
      says: ["RPCCore imports Foundation"]),
    Wrong(
      path: "Sources/Runtime/HTTP2/A.swift", line: "import FoundationEssentials",
      says: ["HTTP2 may import CNghttp2"]),
    Wrong(
      path: "Sources/Runtime/HTTP2/A.swift", line: "@preconcurrency import NIOCore",
      says: ["RPCTransportHTTP2"]),
    Wrong(
      path: "Sources/Runtime/Protobuf/A.swift", line: "internal import CNghttp2",
      says: ["only HTTP2 touches CNghttp2"]),
    Wrong(
      path: "Sources/Runtime/RPCTransportHTTP2/A.swift", line: "  import CNghttp2",
      says: ["only HTTP2"]),
    Wrong(
      path: "Sources/Runtime/RPCWire/A.swift", line: "package import HTTP2", says: ["the row"]),
    Wrong(
      path: "Sources/Runtime/RPCCore/A.swift", line: "import RPCWire",
      says: ["RPCWire is on floor 2", "protocol"]),
    Wrong(
      path: "Sources/Program/Services/A.swift", line: "import GRDB", says: ["StorageSQL"]),
    Wrong(
      path: "Sources/Program/Services/A.swift", line: "@testable import SwiftProtobuf",
      says: ["do without"]),
    Wrong(
      path: "Sources/Nowhere/A.swift", line: "let a = 1", says: ["every file is in a room"]),
    Wrong(
      path: "Tests/DomainTests/A.swift", line: "import CNghttp2", says: ["test through HTTP2"]),
  ]

  @Test("a forbidden import fails and names the rule and the way out", arguments: wrong)
  func forbidden(_ row: Wrong) throws {
    let found = ImportRule.check(SourceFile(row.path, "// First.\n\(row.line)\n"))
    let text = report(found)
    #expect(found.count == 1)
    #expect(text.contains(row.path) && text.contains("way out: "))
    for words in row.says { #expect(text.contains(words), "\(text)") }
  }

  static let right = [
    ("Sources/Program/Domain/A.swift", "// import Foundation"),
    ("Sources/Program/Domain/A.swift", "/* \nimport Foundation\n */"),
    ("Sources/Program/Domain/A.swift", "let text = \"\"\"\n  import Foundation\n  \"\"\""),
    ("Sources/Program/Domain/A.swift", "let important = imported"),
    ("Sources/Runtime/RPCCore/A.swift", "import Synchronization"),
    ("Sources/Runtime/HTTP2/A.swift", "internal import CNghttp2"),
    ("Sources/Program/StorageSQL/A.swift", "import GRDB\nimport CPostgres\npublic import Storage"),
    ("Tests/HTTP2Tests/A.swift", "import CNghttp2"),
    ("Tests/DomainTests/A.swift", "import Foundation\n@testable import Domain"),
  ]

  @Test("an allowed import passes", arguments: right)
  func allowed(path: String, text: String) {
    #expect(ImportRule.check(SourceFile(path, text)).isEmpty)
  }

  @Test("the line of the import is named")
  func line() {
    let file = SourceFile("Sources/Program/Domain/A.swift", "/*\n\n*/\n\nimport Foundation\n")
    #expect(ImportRule.check(file).map(\.line) == [5])
  }
}

extension Room: CustomTestStringConvertible {
  var testDescription: String { module }
}

@Suite("Import table")
struct ImportTableTests {
  @Test("a room imports only rooms of lower floors", arguments: ImportTable.rooms)
  func floors(_ room: Room) throws {
    for name in room.rooms {
      let below = try #require(
        ImportTable.rooms.first { $0.module == name }, "\(room.module): no room \(name)")
      #expect(
        below.floor < room.floor, "\(room.module) on \(room.floor), \(name) on \(below.floor)")
    }
  }

  @Test("a C module has one room")
  func cModules() {
    for module in ImportTable.cModules {
      #expect(ImportTable.rooms.count { $0.c.contains(module) } == 1, "\(module)")
    }
  }

  @Test("floors 1 and 2 import nothing from outside", arguments: ImportTable.rooms)
  func pureFloors(_ room: Room) {
    #expect(room.floor > 2 || room.outside.isEmpty)
  }

  @Test("the runtime knows nothing of the programme, nor the programme of the wire")
  func families() {
    let runtime = Set(ImportTable.runtime.map(\.module))
    let program = Set(ImportTable.program.map(\.module))
    for room in ImportTable.runtime {
      #expect(program.isDisjoint(with: room.rooms) && !room.rooms.contains("SafeMobilityAPI"))
    }
    for room in ImportTable.program where room.module != "Server" {
      #expect(runtime.subtracting(["RPCCore", "Protobuf"]).isDisjoint(with: room.rooms))
    }
  }

  @Test("rows are told apart by module and path")
  func unique() {
    #expect(Set(ImportTable.rooms.map(\.module)).count == ImportTable.rooms.count)
    #expect(Set(ImportTable.rooms.map(\.path)).count == ImportTable.rooms.count)
  }
}
