import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("OfficeService")
struct OfficeDeskTests {
  static func draft(_ change: (inout SafeMobility.Office) -> Void = { _ in }) -> SafeMobility.Office
  {
    var office = SafeMobility.Office()
    office.displayName = "Cobán"
    office.organisation = "partners/iom"
    office.program = ProgramDeskTests.name
    office.regionCode = "GT"
    office.subdivisionCode = "GT-16"
    office.timeZone = "America/Guatemala"
    office.addressLines = ["1a Calle"]
    office.languageCodes = ["es-GT", "kek"]
    change(&office)
    return office
  }

  static func create(
    _ world: World, _ id: String = "gt-cob-01",
    _ change: (inout SafeMobility.Office) -> Void = { _ in }
  ) async throws -> SafeMobility.Office {
    let office = draft(change)
    let answer = try await world.usAdmin.offices.createOffice(
      .with {
        $0.officeId = id
        $0.office = office
        $0.requestId = requestID()
      })
    return try #require(answer.office)
  }

  static func get(_ caller: WorldCaller, _ name: String) async throws -> SafeMobility.Office {
    try #require(try await caller.offices.getOffice(.with { $0.name = name }).office)
  }

  @Test(
    "an office is created, with an event and an entry in the log",
    arguments: World.StoreKind.allCases)
  func create(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let audit = try await world.auditCount()
    let office = try await Self.create(world)
    #expect(office.name == "offices/gt-cob-01")
    #expect(try await world.events(of: .office, office.uid).map(\.type) == ["Create"])
    #expect(try await world.auditCount() == audit + 1)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.create(world)
    }
    #expect(refused?.fields == ["office_id"])
  }

  @Test("an address is shown to staff once confirmed, to others never")
  func address() async throws {
    let world = try await World()
    let office = try await Self.create(world)
    let desk = world.caller("iom/FRONT_DESK")
    #expect(try await Self.get(desk, office.name).addressLines.isEmpty)
    _ = try await world.usAdmin.offices.updateOffice(
      .with {
        $0.office = .with {
          $0.name = office.name
          $0.confirmed = true
        }
        $0.updateMask = .init(paths: ["confirmed"])
        $0.etag = office.etag
        $0.requestId = requestID()
      })
    #expect(try await Self.get(desk, office.name).addressLines == ["1a Calle"])
    for other in [world.stranger, world.caller("unhcr/APPLICANT")] {
      #expect(try await Self.get(other, office.name).addressLines.isEmpty)
    }
    let events = try await world.events(of: .office, office.uid)
    #expect(events.map(\.type) == ["Create", "Update"])
  }

  @Test("an office must be where it says", arguments: ["organisation", "subdivision", "program"])
  func wrongOffice(_ field: String) async throws {
    let world = try await World()
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.create(world) {
        switch field {
        case "organisation": $0.organisation = "partners/us-prm"
        case "program": $0.program = "programs/no-such"
        default: $0.subdivisionCode = "MX-CHP"
        }
      }
    }
  }

  @Test(
    "a list can be narrowed",
    arguments: [
      ("", 6), ("subdivision_code = \"GT-09\"", 1), ("language_codes:kek", 2),
      ("language_codes:mam AND region_code = GT", 3), ("region_code = MX", 0),
    ])
  func filter(_ filter: String, _ count: Int) async throws {
    let world = try await World()
    let offices = try await world.stranger.offices.listOffices(.with { $0.filter = filter })
    #expect(offices.offices.count == count)
  }

  @Test(
    "a filter that is none is refused",
    arguments: [
      "subdivision_code", "subdivision_code =", "secret = 1",
      "region_code = GT OR region_code = MX",
      "region_code = \"GT", "language_codes = kek",
    ])
  func wrongFilter(_ filter: String) async throws {
    let world = try await World()
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await world.stranger.offices.listOffices(.with { $0.filter = filter })
    }
    #expect(refused?.fields == ["filter"])
  }
}
