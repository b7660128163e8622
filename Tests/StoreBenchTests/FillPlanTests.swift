import Domain
import StoreSamples
import Testing

@testable import StoreBench

/// Names and places of the records of a filled store.
@Suite struct FillPlanTests {
  @Test(arguments: [8, 120, 4_096, 10_000])
  func `every number comes once, and as many are invited as are said to be`(count: Int) {
    let plan = FillPlan(count: count)
    #expect(plan.scattered.sorted() == Array(0..<count))
    let invited = plan.invited(count)
    #expect(invited.count == plan.invitedCount)
    #expect(Array(invited.prefix(5)) == plan.invited(5))
  }

  @Test func `no two receipts of ten million are the same, and they are in order`() {
    let count = 10_000_000
    var last = ""
    for number in stride(from: 0, to: count, by: 9_973).flatMap({ [$0, $0 + 1] }) {
      var digits = ReceiptDigits(number: number, of: count)
      let receipt = Receipt(using: &digits).rawValue
      #expect(last.prefix(7) < receipt.prefix(7))
      last = receipt
    }
  }

  @Test func `no two documents of the largest store have one number`() throws {
    let plan = FillPlan(count: FillPlan.countMax)
    #expect(plan.serials(of: plan.count - 1).upperBound == 100_000_000)
    let window = FilledWindow(plan, of: try StoredWorld().program)
    for number in (0..<400).map({ $0 * 9_973 }) {
      let serials = plan.serials(of: number)
      #expect(serials.upperBound == plan.serials(of: number + 1).lowerBound)
      let household = try FilledHousehold(number, of: plan, in: window)
      let numbers = household.documents.map(\.number).filter { !$0.isEmpty }
      let found = numbers.compactMap { Int($0.prefix(8)) }
      #expect(found.allSatisfy(serials.contains))
      #expect(Set(found).count == numbers.count)
    }
  }

  @Test func `ids lie in their part of all ids, at random places in it`() {
    let count = 1_000
    var ids: [RegistrationID] = []
    for number in 0..<count {
      var random = PlacedRandom(number: number, of: count, seed: UInt64(number))
      let part = [RegistrationID(using: &random), RegistrationID(using: &random)]
      #expect(part[0] != part[1])
      #expect(ids.last.map { $0 < part[0] && $0 < part[1] } ?? true)
      ids.append(max(part[0], part[1]))
    }
    #expect(ids.allSatisfy { RegistrationID(rawValue: $0.rawValue) != nil })
  }
}
