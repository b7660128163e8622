import Testing

@testable import Domain

/// Reasons to leave beside the submissions by department: INV-18 across two measures.
@Suite struct LeavingTableTests {
  /// What is published of departments, and what is true of them.
  private struct World {
    var sizes: [Int]
    /// A row a department.
    var counts: [[Int]]

    init(_ sizes: [Int], _ counts: [[Int]]) {
      (self.sizes, self.counts) = (sizes, counts)
    }

    /// Everything somebody may want to know: registrations, those who gave each reason, those who did
    /// not, by department and of all.
    var truth: [Int] {
      let rows = zip(sizes, counts).map { size, counts in [size] + counts + counts.map { size - $0 }
      }
      return rows.joined() + rows.dropFirst().reduce(rows[0]) { zip($0, $1).map { $0 + $1 } }
    }

    /// The same as published; nil for what is hidden.
    func view(_ threshold: Int) -> [Int?] {
      let submitted = SuppressionTests.view(
        SuppressionTests.protected([sizes], threshold: threshold))[0]
      let table = LeavingTable(
        sizes.indices.map { index in
          LeavingTable.Department(
            size: sizes[index], isShown: submitted[index] != nil, counts: counts[index])
        }, reasonCount: counts[0].count, isShown: submitted.last != .some(nil), threshold: threshold
      )
      let figures = sizes.indices.map { table.figures(of: $0) } + [table.totals]
      return zip(submitted, figures).flatMap { size, figures -> [Int?] in
        let values = figures.map(\.value)
        return [size] + values
          + values.map { value in size.flatMap { size in value.map { size - $0 } } }
      }
    }
  }

  /// Somebody who knows everything that is shown, and whether zeros are ever hidden in such a report.
  ///
  /// - Returns: how many hidden counts there were
  private static func attack(_ worlds: [World], threshold: Int) -> Int {
    var hiddenCount = 0
    var byMask: [[Bool]: [[Int?]: [[Int]]]] = [:]
    let truths = worlds.map(\.truth)
    for (view, seen) in Dictionary(grouping: worlds, by: { $0.view(threshold) }) {
      let mask = view.map { $0 == nil }
      let alike =
        byMask[mask] ?? Dictionary(grouping: truths) { zip($0, mask).map { $1 ? nil : $0 } }
      byMask[mask] = alike
      let hidden = view.indices.filter { mask[$0] }
      let low = seen.map(\.truth).reduce(1) { low, truth in
        hidden.reduce(low) { min($0, truth[$1]) }
      }
      let possible = (alike[view] ?? []).filter { truth in hidden.allSatisfy { truth[$0] >= low } }
      for (index, shown) in view.enumerated() {
        if let shown {
          if (1..<threshold).contains(shown) { Issue.record("\(seen[0]) shows \(shown)") }
          continue
        }
        hiddenCount += 1
        let values = Set(possible.map { $0[index] })
        if values.count == 1, let value = values.first, (1..<threshold).contains(value) {
          Issue.record("\(seen[0]) gives away \(value) at \(index): \(view)")
        }
      }
    }
    return hiddenCount
  }

  @Test(
    "who tries out everything that fits finds no small count, of those who gave a reason or did not"
  )
  func everyTable() {
    var worlds: [World] = []
    for sizes in SuppressionTests.rows(of: 2, upTo: 8) {
      for numbers in Self.boxes([sizes[0], sizes[0], sizes[1], sizes[1]]) {
        worlds.append(World(sizes, [Array(numbers[..<2]), Array(numbers[2...])]))
      }
    }
    #expect(Self.attack(worlds, threshold: 3) > 1_000)
  }

  /// Where each reason was given once by as many as make the least that is shown, all of them are hidden
  /// and who knows how they add up still knows them: there is nothing more to hide.
  @Test("nor does who knows that everybody gives exactly one")
  func oneEach() {
    let worlds = SuppressionTests.rows(of: 6, upTo: 10).map { numbers in
      let counts = [Array(numbers[..<3]), Array(numbers[3...])]
      return World(counts.map { $0.reduce(0, +) }, counts)
    }.filter { world in !world.counts.contains([1, 1, 1]) || !world.sizes.contains(0) }
    #expect(Self.attack(worlds, threshold: 3) > 1_000)
  }

  /// Every row of numbers up to these.
  private static func boxes(_ most: [Int]) -> [[Int]] {
    most.reduce([[]]) { rows, most in rows.flatMap { row in (0...most).map { row + [$0] } } }
  }

  private static let keys = ReportKeys(offices: [], pathways: [], partners: [])

  private static func grid(_ facts: [FactGroup]) throws -> ReportGrid {
    let maker = ReportMaker(keys: keys)
    let month = ReportMaker.Month(facts: facts, grids: maker.month(facts))
    return try #require(maker.whole([month]).first { $0.measure == .leaving })
  }

  private static func submitted(_ department: String, _ count: Int) -> FactGroup {
    FactGroup(
      measure: .submitted, number: 1,
      values: [
        .department: department, .nationality: "GT", .sex: "FEMALE", .ageBand: "18-29",
        .language: "es-GT", .channel: "OFFICE",
      ], count: count)
  }

  private static func leaving(_ department: String, _ reason: String, _ count: Int) -> FactGroup {
    FactGroup(
      measure: .leaving, number: 1, values: [.department: department, .reason: reason],
      count: count)
  }

  private static func figure(_ grid: ReportGrid, _ department: String, _ reason: String) -> Figure?
  {
    grid.rows.first { $0.key == department && $0.secondKey == reason }?.figure
  }

  @Test("reasons are shown by department and of all, and their sums are not")
  func shown() throws {
    let grid = try Self.grid([
      Self.submitted("GT-09", 100), Self.submitted("GT-13", 80),
      Self.leaving("GT-09", "NO_WORK", 60), Self.leaving("GT-09", "DEBT", 55),
      Self.leaving("GT-13", "NO_WORK", 40), Self.leaving("GT-13", "DEBT", 30),
    ])
    #expect(grid.dimension == .department && grid.secondDimension == .reason)
    #expect(Self.figure(grid, "GT-09", "NO_WORK") == .published(60))
    #expect(Self.figure(grid, "GT-13", "DEBT") == .published(30))
    #expect(Self.figure(grid, "", "NO_WORK") == .published(100))
    #expect(Self.figure(grid, "GT-01", "NO_WORK") == .published(0))
    #expect(grid.total == .missing)
    #expect(!grid.rows.contains { $0.secondKey.isEmpty })
    #expect(!grid.rows.contains { $0.secondKey == "NOT_SAID" })
  }

  @Test("nearly everybody is as telling as hardly anybody")
  func nearlyAll() throws {
    let grid = try Self.grid([
      Self.submitted("GT-09", 100), Self.submitted("GT-13", 80),
      Self.leaving("GT-09", "NO_WORK", 98), Self.leaving("GT-13", "NO_WORK", 40),
      Self.leaving("GT-09", "DEBT", 3), Self.leaving("GT-13", "DEBT", 50),
    ])
    for reason in ["NO_WORK", "DEBT"] {
      #expect(Self.figure(grid, "GT-09", reason) == .suppressed)
      #expect(Self.figure(grid, "GT-13", reason) == .suppressed)
    }
  }

  @Test("a department whose submissions are hidden shows no reasons, and all of them may be told")
  func hiddenDepartment() throws {
    let grid = try Self.grid([
      Self.submitted("GT-01", 4), Self.submitted("GT-02", 12), Self.submitted("GT-09", 100),
      Self.leaving("GT-02", "NO_WORK", 11), Self.leaving("GT-01", "NO_WORK", 4),
      Self.leaving("GT-09", "NO_WORK", 60),
    ])
    for department in ["GT-01", "GT-02"] {
      #expect(Self.figure(grid, department, "NO_WORK") == .suppressed)
      #expect(Self.figure(grid, department, "DEBT") == .suppressed)
    }
    // 15 of 16 gave it: that one did not must not be told by the difference.
    #expect(Self.figure(grid, "GT-09", "NO_WORK") == .suppressed)
  }

  @Test("a total of submissions that is hidden hides all reasons")
  func hiddenTotal() throws {
    let grid = try Self.grid([Self.submitted("GT-09", 9), Self.leaving("GT-09", "DEBT", 9)])
    #expect(grid.rows.allSatisfy { $0.figure == .suppressed })
  }
}
