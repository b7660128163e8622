import Domain
import Testing

@Suite("Seats that are kept")
struct SeatSharesTests {
  private static func slot(seats: Int, _ shares: [ReservedShare]) -> Slot {
    Slot(
      id: SlotID(checked: "s"), service: ServiceOfferID(checked: "o/s"), start: Fixture.now,
      end: Fixture.now + .hours(1), zone: .guatemala, capacitySeats: seats, reservedShares: shares,
      revision: Revision(createdAt: Fixture.now))
  }

  private static let shares = [
    ReservedShare(kind: .vulnerability, seats: 2), ReservedShare(kind: .pathway(.usrap), seats: 1),
  ]

  @Test("kept seats have the first numbers, in the order of the shares, and the rest is anybody's")
  func order() {
    let kinds = Self.slot(seats: 5, Self.shares).seatShares
    #expect(kinds == [.reserved(0), .reserved(0), .reserved(1), .anybody, .anybody])
    #expect(Self.slot(seats: 3, []).seatShares == [.anybody, .anybody, .anybody])
  }

  @Test("a slot has as many seats as it has, whatever its shares say")
  func tooMany() {
    #expect(Self.slot(seats: 1, Self.shares).seatShares == [.reserved(0)])
  }

  @Test("twenty shares are twenty-one kinds, all of them different")
  func distinct() {
    let shares = (0..<20).map { _ in ReservedShare(kind: .vulnerability, seats: 1) }
    let kinds = Self.slot(seats: 21, shares).seatShares
    #expect(Set(kinds.map(\.rawValue)).count == 21)
    #expect(kinds.allSatisfy { SeatShares.all.contains($0) })
  }

  @Test("whose seats they are follows from what the household needs and is looked at for")
  func entitled() throws {
    var registration = Fixture.registration(.invited)
    registration.answers.protectionNeeds = []
    registration.findings = []
    let slot = Self.slot(seats: 4, Self.shares)
    #expect(slot.shares(openTo: registration) == .anybody)
    registration.answers.protectionNeeds = [.torture]
    #expect(slot.shares(openTo: registration) == [.anybody, .reserved(0)])
    registration.invitedPathways = [.usrap]
    #expect(slot.shares(openTo: registration) == [.anybody, .reserved(0), .reserved(1)])
    registration.invitedPathways = []
    registration.findings = [EligibilityFinding(pathway: .usrap, finding: .eligible)]
    #expect(slot.shares(openTo: registration) == [.anybody, .reserved(0), .reserved(1)])
    registration.findings = [EligibilityFinding(pathway: .usrap, finding: .notEligible)]
    #expect(slot.shares(openTo: registration) == [.anybody, .reserved(0)])
  }
}
