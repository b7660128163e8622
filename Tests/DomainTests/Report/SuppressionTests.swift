import Testing

@testable import Domain

/// INV-18: no published cell shows 1 to 10, or lets it be derived.
@Suite struct SuppressionTests {
  /// What is published of a table: nil for what is hidden.
  typealias View = [[Int?]]

  /// Every row of `count` numbers that sum up to `sum` at most.
  static func rows(of count: Int, upTo sum: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    return (0...sum).flatMap { first in
      rows(of: count - 1, upTo: sum - first).map { [first] + $0 }
    }
  }

  static func view(_ table: SuppressionTable) -> View {
    let rows = table.hasColumnTotals ? table.cells[...] : table.cells.dropLast()
    return rows.map { $0.map { $0.isHidden ? nil : $0.value } }
  }

  /// A table as a report of its own treats it: a small total hides everything.
  static func protected(_ parts: [[Int]], threshold: Int) -> SuppressionTable {
    let isOneRow = parts.count == 1
    var table = SuppressionTable(parts, hasColumnTotals: !isOneRow, threshold: threshold)
    let total = parts.joined().reduce(0, +)
    let isSmall = (1..<threshold).contains(total)
    table.fixTotal(row: isOneRow ? 0 : table.rowCount, isHidden: isSmall)
    guard isSmall || !table.protect() else { return table }
    table.fixTotal(row: isOneRow ? 0 : table.rowCount, isHidden: true)
    table.hideAll()
    return table
  }

  /// Somebody who tries out all tables of a shape, to find out what is hidden.
  struct Attack {
    private var tables: [[[Int]]] = []
    /// By view, the least that is ever hidden in each of its rows: 0 where zeros are, else 1.
    private var lows: [View: [Int]] = [:]
    private var tested: Set<View> = []

    /// Adds a table, with its totals, and how it looks.
    ///
    /// - Parameter isTested: not where tables that look alike can be larger than those tried out
    mutating func add(_ table: [[Int]], _ view: View, isTested: Bool = true) {
      tables.append(table)
      let low = zip(table, view).map { numbers, cells in
        zip(numbers, cells).reduce(1) { $1.1 == nil ? min($0, $1.0) : $0 }
      }
      lows[view] = lows[view].map { zip($0, low).map { min($0, $1) } } ?? low
      if isTested { tested.insert(view) }
    }

    /// Expects that for each hidden cell there are two tables that look alike and differ in it.
    ///
    /// - Parameter allowsZeros: whether a hidden zero may be known for one: it is no count from 1 on
    /// - Returns: how many cells are hidden in all views
    func expectAmbiguity(_ name: String, allowsZeros: Bool = false) -> Int {
      var hiddenCount = 0
      // Tables by what is shown of them where this or that is hidden.
      var byMask: [[[Bool]]: [View: [[[Int]]]]] = [:]
      for view in tested {
        let mask = view.map { $0.map { $0 == nil } }
        let alike = byMask[mask] ?? Dictionary(grouping: tables) { Self.shown($0, mask) }
        byMask[mask] = alike
        let possible = (alike[view] ?? []).filter { isPossible($0, view) }
        for (row, cells) in view.enumerated() {
          for column in cells.indices where cells[column] == nil {
            hiddenCount += 1
            let values = Set(possible.map { $0[row][column] })
            if values.count < 2, !(allowsZeros && values == [0]) {
              Issue.record("\(name): \(possible) seen as \(view)")
            }
          }
        }
      }
      return hiddenCount
    }

    private static func shown(_ table: [[Int]], _ mask: [[Bool]]) -> View {
      zip(table, mask).map { zip($0, $1).map { $1 ? nil : $0 } }
    }

    private func isPossible(_ table: [[Int]], _ view: View) -> Bool {
      for (row, cells) in view.enumerated() {
        let low = lows[view]?[row] ?? 0
        for (column, cell) in cells.enumerated() where cell == nil && table[row][column] < low {
          return false
        }
      }
      return true
    }
  }

  @Test(
    "who tries out everything finds no hidden cell, in any small table",
    arguments: [
      (rows: 1, columns: 2, sum: 14, threshold: 3), (rows: 1, columns: 3, sum: 12, threshold: 3),
      (rows: 1, columns: 4, sum: 10, threshold: 4), (rows: 1, columns: 5, sum: 8, threshold: 3),
      (rows: 2, columns: 2, sum: 9, threshold: 3), (rows: 2, columns: 3, sum: 7, threshold: 3),
    ])
  func everyTable(_ shape: (rows: Int, columns: Int, sum: Int, threshold: Int)) {
    var attack = Attack()
    for numbers in Self.rows(of: shape.rows * shape.columns, upTo: shape.sum) {
      let parts = (0..<shape.rows).map { row in
        Array(numbers[(row * shape.columns)..<((row + 1) * shape.columns)])
      }
      let table = Self.protected(parts, threshold: shape.threshold)
      attack.add(table.cells.map { $0.map(\.value) }, Self.view(table))
    }
    #expect(attack.expectAmbiguity("\(shape)") > 20)
  }

  @Test(
    "what is shown is 0, or 11 and more, and every hidden group of a line is as many",
    arguments: UInt64(0)..<40)
  func randomTables(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let rows = Int.random(in: 1...6, using: &random)
    let columns = Int.random(in: 2...6, using: &random)
    let most = [3, 12, 40, 200].randomElement(using: &random) ?? 12
    let parts = (0..<rows).map { _ in
      (0..<columns).map { _ in max(0, Int.random(in: -most / 3...most, using: &random)) }
    }
    let table = Self.protected(parts, threshold: 11)
    for place in table.places where !table[place].isHidden {
      #expect(!(1...10).contains(table[place].value), "\(seed)")
    }
    for line in table.lines {
      let places = table.places(of: line)
      let hidden = places.filter { table[$0].isHidden }
      guard let total = places.last, !table[total].isHidden, !hidden.isEmpty else { continue }
      #expect(hidden.count >= 2, "\(seed)")
      #expect(hidden.reduce(0) { $0 + table[$1].value } >= 11, "\(seed)")
    }
    var bounds = Bounds(table)
    bounds.tighten()
    #expect(bounds.certain == [], "\(seed)")
  }

  @Test("one small cell takes the next smallest with it, and zeros stay")
  func complement() {
    let table = Self.protected([[4, 0, 30, 12, 90]], threshold: 11)
    #expect(Self.view(table) == [[nil, 0, 30, nil, 90, 136]])
  }

  @Test("what needs no hiding is shown")
  func nothingToHide() {
    #expect(Self.view(Self.protected([[0, 0]], threshold: 11)) == [[0, 0, 0]])
    #expect(Self.view(Self.protected([[11, 0]], threshold: 11)) == [[11, 0, 11]])
    let both = Self.protected([[20, 11], [0, 40]], threshold: 11)
    #expect(Self.view(both) == [[20, 11, 31], [0, 40, 40], [20, 51, 71]])
  }

  @Test("a small total hides even the zeros, which would say who is left")
  func smallTotal() {
    #expect(Self.view(Self.protected([[0, 10]], threshold: 11)) == [[nil, nil, nil]])
  }

  @Test("where all hidden ones could only be 1, zeros are hidden with them")
  func allOnes() {
    let parts = [Array(repeating: 1, count: 11) + [0, 0]]
    let view = Self.view(Self.protected(parts, threshold: 11))
    #expect(view == [Array(repeating: nil, count: 13) + [11]])
  }
}

/// Somebody who calculates what each hidden cell must be at least and can be at most: an attack of its
/// own, which knows nothing of how cells were chosen.
private struct Bounds {
  private let table: SuppressionTable
  private var low: [SuppressionTable.Place: Int] = [:]
  private var high: [SuppressionTable.Place: Int] = [:]
  private static let most = 1_000_000

  init(_ table: SuppressionTable) {
    self.table = table
    let hidesZeros = table.places.contains { table[$0].isHidden && table[$0].value == 0 }
    for place in table.places {
      let cell = table[place]
      low[place] = cell.isHidden ? (hidesZeros ? 0 : 1) : cell.value
      high[place] = cell.isHidden ? Self.most : cell.value
    }
  }

  /// The hidden cells of which only one value is left.
  var certain: [SuppressionTable.Place] {
    table.places.filter { place in
      guard table[place].isHidden, table.hasColumnTotals || place.row < table.rowCount else {
        return false
      }
      return low[place] == high[place]
    }
  }

  mutating func tighten() {
    for _ in 0..<30 {
      for line in table.lines { tighten(table.places(of: line)) }
    }
  }

  /// Every part is between the total without the most of the others and the total without their least.
  private mutating func tighten(_ places: [SuppressionTable.Place]) {
    guard let total = places.last else { return }
    let parts = places.dropLast()
    for place in parts {
      let others = parts.filter { $0 != place }
      let least = (low[total] ?? 0) - others.reduce(0) { $0 + (high[$1] ?? 0) }
      let most = (high[total] ?? 0) - others.reduce(0) { $0 + (low[$1] ?? 0) }
      low[place] = max(low[place] ?? 0, least)
      high[place] = min(high[place] ?? 0, most)
    }
    low[total] = max(low[total] ?? 0, parts.reduce(0) { $0 + (low[$1] ?? 0) })
    high[total] = min(high[total] ?? 0, parts.reduce(0) { $0 + (high[$1] ?? 0) })
  }
}
