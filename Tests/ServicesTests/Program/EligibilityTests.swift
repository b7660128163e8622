import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("Eligibility, tried out")
struct EligibilityTests {
  static func check(
    _ world: World, nationality: String = "GT", birthYear: Int32 = 1990, month: Int32 = 5,
    status: SafeMobility.HostStatus = .national
  ) async throws -> SafeMobility.CheckEligibilityResponse {
    try await world.stranger.programs.checkEligibility(
      .with {
        $0.name = ProgramDeskTests.name
        $0.nationalityCodes = [nationality]
        $0.birthDate = .with {
          $0.year = birthYear
          $0.month = month
        }
        $0.hostStatus = status
      })
  }

  @Test("a stranger is told what is met, what is not, and what cannot be said")
  func verdicts() async throws {
    let world = try await World()
    #expect(try await Self.check(world).ruleMet)
    #expect(try await Self.check(world, nationality: "CU").unmetCriteria == [.nationality])
    #expect(try await Self.check(world, birthYear: 2010).unmetCriteria == [.age])
    // Eighteen some day this year: the year alone does not say.
    #expect(
      try await Self.check(world, birthYear: 2005, month: 0).undecidedCriteria == [.age])
    #expect(try await Self.check(world, status: .refugee).unmetCriteria == [.hostStatus])
    #expect(try await Self.check(world, status: .unspecified).undecidedCriteria == [.hostStatus])
  }

  @Test("the rule is that of the day: Hondurans until August, Guatemalans after it too")
  func dated() async throws {
    let world = try await World()
    let before = try await Self.check(world, nationality: "HN", status: .inOwnCountry)
    #expect(before.ruleMet)
    #expect(before.ruleVersion == 1)
    world.clock.advance(by: .days(60))
    let after = try await Self.check(world, nationality: "HN", status: .inOwnCountry)
    #expect(after.ruleVersion == 2)
    #expect(after.unmetCriteria == [.nationality, .hostStatus])
    world.clock.set(World.opening - .days(10))
    let early = try await Self.check(world)
    #expect(!early.ruleMet)
    #expect(early.eligibilityRule.isEmpty)
  }

  @Test("nothing of it is kept")
  func nothingKept() async throws {
    let world = try await World()
    let audit = try await world.auditCount()
    _ = try await Self.check(world)
    #expect(try await world.auditCount() == audit)
  }

  @Test("the rules are listed, the latest first, or the one of an instant")
  func list() async throws {
    let world = try await World()
    let all = try await world.stranger.programs.listEligibilityRules(
      .with { $0.parent = ProgramDeskTests.name })
    #expect(all.eligibilityRules.map(\.version) == [2, 1])
    let then = try await world.stranger.programs.listEligibilityRules(
      .with {
        $0.parent = ProgramDeskTests.name
        $0.effectiveTime = .with { $0.seconds = World.opening.microseconds / 1_000_000 }
      })
    #expect(then.eligibilityRules.map(\.version) == [1])
  }
}
