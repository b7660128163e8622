import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("Services of offices")
struct ServiceTests {
  static func create(
    _ world: World, seconds: Int64 = 2_700
  ) async throws -> SafeMobility.Service {
    let answer = try await SlotTests.scheduler(world).offices.createService(
      .with {
        $0.parent = SlotTests.office
        $0.serviceId = "documents"
        $0.service = .with {
          $0.kind = .documentCheck
          $0.modality = .inPerson
          $0.displayNames = [
            .with {
              $0.languageCode = "es-GT"
              $0.text = "Documentos"
            }
          ]
          $0.duration = .with { $0.seconds = seconds }
          $0.partyMax = 5
          $0.bookableStates = [.invited]
        }
        $0.requestId = requestID()
      })
    return try #require(answer.service)
  }

  static func update(
    _ world: World, _ service: SafeMobility.Service, mask: [String]? = nil,
    _ change: (inout SafeMobility.Service) -> Void
  ) async throws -> SafeMobility.Service {
    var sent = SafeMobility.Service()
    sent.name = service.name
    change(&sent)
    let message = sent
    let answer = try await SlotTests.scheduler(world).offices.updateService(
      .with {
        $0.service = message
        $0.updateMask = mask.map { .init(paths: $0) }
        $0.etag = service.etag
        $0.requestId = requestID()
      })
    return try #require(answer.service)
  }

  @Test("without a mask the populated fields change, and no other")
  func noMask() async throws {
    let world = try await World()
    let service = try await Self.create(world)
    let updated = try await Self.update(world, service) { $0.partyMax = 3 }
    #expect(updated.partyMax == 3)
    #expect(updated.duration == service.duration)
    #expect(updated.displayNames == service.displayNames)
    #expect(updated.bookableStates == service.bookableStates)
  }

  @Test("a mask clears what it names and the resource does not have, unless that is required")
  func clearing() async throws {
    let world = try await World()
    let service = try await Self.create(world)
    let grace = try await Self.update(world, service, mask: ["lead_time"]) {
      $0.leadTime = .with { $0.seconds = 3_600 }
    }
    #expect(grace.leadTime?.seconds == 3_600)
    let cleared = try await Self.update(world, grace, mask: ["lead_time"]) { _ in }
    #expect(cleared.leadTime?.seconds == 0)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.update(world, cleared, mask: ["display_names"]) { _ in }
    }
  }

  @Test(
    "a service lasts whole minutes, from five to four hundred and eighty",
    arguments: [
      (299, false), (300, true), (301, false), (28_800, true), (28_860, false),
    ])
  func duration(_ seconds: Int64, _ isAllowed: Bool) async throws {
    let world = try await World()
    if isAllowed {
      let service = try await Self.create(world, seconds: seconds)
      #expect(service.duration?.seconds == seconds)
    } else {
      await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await Self.create(world, seconds: seconds)
      }
    }
  }

  @Test("no service is open to what was not handed in, is stopped or is over")
  func bookableStates() async throws {
    let world = try await World()
    let service = try await Self.create(world)
    let closed: [SafeMobility.RegistrationState] = [.draft, .withdrawn, .expired, .frozen, .erased]
    for state in closed {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await Self.update(world, service) { $0.bookableStates = [.invited, state] }
      }
      #expect(refused?.fields == ["service.bookable_states"], "\(state)")
    }
    let all = RegistrationState.allCases.map {
      SafeMobility.RegistrationState(rawValue: Int32($0.rawValue))
    }
    let open = all.filter { !closed.contains($0) }
    #expect(open.count == 10)
    let updated = try await Self.update(world, service) { $0.bookableStates = open }
    #expect(updated.bookableStates == open)
  }

  @Test("services are listed for one office, or for all")
  func list() async throws {
    let world = try await World()
    for (parent, count) in [(SlotTests.office, 3), ("offices/-", 18)] {
      let answer = try await world.stranger.offices.listServices(.with { $0.parent = parent })
      #expect(answer.services.count == count)
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await world.stranger.offices.listServices(.with { $0.parent = "offices/nowhere" })
    }
  }
}
