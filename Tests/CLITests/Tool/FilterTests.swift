import Foundation
import KitchenSink
import Protobuf
import RPCCore
import SafeMobilityAPI
import Testing

@testable import CLI

/// `--filter` of `pasarela call`: what a condition says, and what it leaves of an answer.
@Suite("Filters of what came") struct FilterTests {
  private func record(_ office: SafeMobility.Office) throws -> Record {
    try Record(office, zone: .gmt)
  }

  private let office = SafeMobility.Office.with {
    $0.name = "offices/xel"
    $0.displayName = "Xela AND \"more\""
    $0.confirmed = true
    $0.languageCodes = ["es", "quc"]
    $0.createTime = .init(text: "2023-06-12T08:00:00Z")
  }

  @Test(
    "what holds of an office",
    arguments: [
      (#"name = offices/xel"#, true), (#"name = "offices/xel""#, true),
      (#"name="offices/gua""#, false), (#"name != offices/gua"#, true),
      (#"language_codes:quc"#, true), (#"language_codes = quc"#, true),
      (#"language_codes:mam"#, false), (#"NOT language_codes:mam"#, true),
      (#"time_zone:*"#, false), (#"NOT time_zone:*"#, true), (#"time_zone != UTC"#, true),
      (#"confirmed = true AND create_time >= 2023-06-12T02:00:00-06:00"#, true),
      (#"create_time > "2023-06-12T08:00:00Z""#, false),
      (#"create_time < 2023-06-12T08:00:00.5Z"#, true),
      (#"confirmed = true AND name = offices/gua"#, false),
    ])
  func holds(text: String, expected: Bool) throws {
    let condition = try #require(Condition(argument: text))
    #expect(condition.holds(of: try record(office)) == expected)
  }

  @Test("numbers compare as numbers, also those that a double does not hold")
  func numbers() throws {
    func holds(_ text: String, _ count: Int64) throws -> Bool {
      let condition = try #require(Condition(argument: text))
      let value = Record.Value.text(shown: "", raw: "\(count)")
      return condition.holds(of: Record(type: "", fields: [.init(name: "a", value: value)]))
    }
    #expect(try holds("a > 9", 10))
    #expect(try !holds("a > 9", 9))
    #expect(try holds("a < 1.5", 1))
    #expect(try !holds("a = 9007199254740992", 9_007_199_254_740_993))
    #expect(try holds("a <= -1", -1))
  }

  @Test(
    "what is no condition is refused",
    arguments: [
      "", "name", "name =", "= x", "a = b c", "a = b AND", "AND a = b", "a = b OR c = d", "a == b",
      "a = \"b", "a <> b", "NOT", "a = = b",
    ])
  func refused(text: String) {
    #expect(Condition(argument: text) == nil)
  }

  @Test("of a list the items are left of which it holds, and all else stays")
  func list() async throws {
    let server = FakeServer()
    server.answer(
      SafeMobility.OfficeServiceMethods.listOffices,
      SafeMobility.ListOfficesResponse.with {
        $0.offices = (0..<4).map { number in
          .with {
            $0.name = "offices/o\(number)"
            $0.confirmed = number % 2 == 1
          }
        }
        $0.nextPageToken = "more"
      })
    let world = CommandWorld(server: server)
    let call = ["call", "OfficeService/ListOffices", "-d", "{}", "--filter"]
    let names = await world.run(call + ["confirmed = true", "-o", "value=offices.name"])
    #expect(names.output == "offices/o1\noffices/o3\n", "\(names.errors)")
    let json = await world.run(call + ["name = offices/o2", "-o", "json"])
    #expect(json.output.contains("offices/o2") && !json.output.contains("offices/o1"))
    #expect(json.output.contains("\"nextPageToken\": \"more\""))
    let none = await world.run(call + ["name = x", "-o", "table"])
    #expect(none.code == 0)
    #expect(none.output == "(none)\n")
    let noList = await world.run([
      "call", "OfficeService/GetOffice", "-d", "{}", "--filter", "name = x",
    ])
    #expect(noList.code == 2)
    #expect(noList.errors.contains("has no list"))
    let wrong = await world.run(call + ["name is x"])
    #expect(wrong.code == 2)
  }

  @Test("of a stream the messages are left of which it holds")
  func stream() async throws {
    try await KitchenServer.serve { address in
      var world = CommandWorld()
      world.isConnecting = true
      world.environment = [:]
      let run = await world.run([
        "call", "-plaintext", address, "Kitchen/Watch", "-d", #"{"name": "a", "size": 4}"#,
        "--filter", "label > a1", "-o", "value=label",
      ])
      #expect(run.output == "a2\na3\n", "\(run.errors)")
    }
  }
}
