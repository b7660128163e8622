import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("Page tokens")
struct PageTokenTests {
  static func page(
    _ caller: WorldCaller, token: String = "", filter: String = ""
  ) async throws -> SafeMobility.ListOfficesResponse {
    try await caller.offices.listOffices(
      .with {
        $0.pageSize = 2
        $0.pageToken = token
        $0.filter = filter
      })
  }

  @Test(
    "pages hold everything once, in order, and the last says so",
    arguments: World.StoreKind.allCases)
  func pages(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    var names: [String] = []
    var token = ""
    var pageCount = 0
    repeat {
      let page = try await Self.page(world.stranger, token: token)
      names += page.offices.map(\.name)
      token = page.nextPageToken
      pageCount += 1
    } while !token.isEmpty && pageCount < 10
    #expect(pageCount == 3)
    #expect(names.count == 6)
    #expect(names == names.sorted())
    #expect(Set(names).count == 6)
  }

  @Test("slots are listed by time over pages")
  func slots() async throws {
    let world = try await World()
    for hour in [5, 3, 4, 3, 6] { _ = try await world.slot(in: .hours(hour)) }
    var starts: [Int64] = []
    var token = ""
    repeat {
      let answer = try await world.stranger.offices.listSlots(
        .with {
          $0.parent = SlotTests.office
          $0.pageSize = 2
          $0.pageToken = token
        })
      starts += answer.slots.map { $0.startTime?.seconds ?? 0 }
      token = answer.nextPageToken
    } while !token.isEmpty && starts.count < 10
    #expect(starts.count == 5)
    #expect(starts == starts.sorted())
  }

  @Test("a token opens for nobody else, for no other filter and no other list")
  func bound() async throws {
    let world = try await World()
    let token = try await Self.page(world.stranger).nextPageToken
    #expect(!token.isEmpty)
    _ = try await Self.page(world.stranger, token: token)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.page(world.caller("iom/FRONT_DESK"), token: token)
    }
    #expect(refused?.fields == ["page_token"])
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.page(world.stranger, token: token, filter: "region_code = GT")
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await world.stranger.offices.listServices(
        .with {
          $0.parent = "offices/-"
          $0.pageToken = token
        })
    }
  }

  @Test("a token that was touched is refused", arguments: [0, 1, 2, 3])
  func touched(_ kind: Int) async throws {
    let world = try await World()
    var token = Array(try await Self.page(world.stranger).nextPageToken)
    switch kind {
    case 0: token[token.count - 1] = token[token.count - 1] == "0" ? "1" : "0"
    case 1: token[0] = token[0] == "0" ? "1" : "0"
    case 2: token.removeLast(2)
    default: token = Array("zz")
    }
    let text = String(token)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.page(world.stranger, token: text)
    }
  }

  @Test("a token tells nothing of what it stands for")
  func opaque() async throws {
    let world = try await World()
    let tokens = try await [
      Self.page(world.stranger).nextPageToken, Self.page(world.stranger).nextPageToken,
    ]
    #expect(tokens[0] != tokens[1])
  }
}
